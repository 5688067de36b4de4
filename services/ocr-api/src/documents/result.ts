import { isFinal, PageResult, ProblemError, ResultFormat, resultFormats, selectPages } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import type { MadeLater } from "./made-later.ts";
import type { StoredResult } from "./send-stored.ts";

export interface ResultDependencies {
  storage: Storage;
  producer: Producer;
  madeLater: MadeLater;
}

const notFinished = (detail: string, retryAfter: number): ProblemError =>
  new ProblemError("document-not-finished", detail, { headers: { "retry-after": String(retryAfter) } });

// Results never change once they are there: the document's id, attempt and part name their bytes.
const etagOf = (record: DocumentRecord, part: string): string => `"${record.id}-${record.attempt}-${part}"`;

/** The format a client asks for: `format=` beats `Accept`, neither means json. @throws ProblemError 406 */
export const chooseFormat = (asked: string | undefined, accepts: (types: string[]) => string | false): ResultFormat => {
  if (asked !== undefined) {
    const format = ResultFormat.safeParse(asked);
    if (format.success) return format.data;
  } else {
    const type = accepts(Object.values(resultFormats).map((each) => each.split(";", 1)[0] ?? each));
    const format = ResultFormat.options.find((each) => type && resultFormats[each].startsWith(type));
    if (format) return format;
  }
  throw new ProblemError("not-acceptable", `Available are ${ResultFormat.options.join(", ")}.`);
};

const jobOf = ({ tenant, id, attempt }: DocumentRecord) => ({ tenant, document: id, attempt });

/** The whole result in one format; one that is not stored yet is made first. @throws ProblemError 409 while there is none */
export const documentResult = async (
  { producer, madeLater }: ResultDependencies,
  record: DocumentRecord,
  format: ResultFormat,
  retryAfter: number,
): Promise<StoredResult> => {
  if (!isFinal(record.status)) throw notFinished("The document is still being worked on.", retryAfter);
  if (record.status !== "succeeded" && record.status !== "partial") {
    throw new ProblemError(
      "no-result",
      record.error ? `${record.error.code}: ${record.error.detail}` : `The document is ${record.status}.`,
    );
  }
  const keys = storageKeys(record.tenant, record.id);
  const about = { etag: etagOf(record, format), contentType: resultFormats[format], ranges: format === "pdf" };
  if (format === "json" || format === "text") return { key: keys.result(format), ...about };
  const key = keys.made(format, record.attempt);
  await madeLater(record, key, async () => producer.add("format", { ...jobOf(record), format }));
  return { key, ...about };
};

/** The number of a page that is done. @throws ProblemError 404 or 409 */
const donePage = async (
  { storage }: ResultDependencies,
  record: DocumentRecord,
  text: string,
  retryAfter: number,
): Promise<number> => {
  const number = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0;
  const selected =
    record.source_pages === null || selectPages(record.options.pages, record.source_pages).includes(number);
  if (number === 0 || !selected)
    throw new ProblemError("not-found", "The document has no such page, or it was not selected.");
  if (await storage.head(storageKeys(record.tenant, record.id).page(number))) return number;
  if (isFinal(record.status)) throw new ProblemError("no-result", `The document is ${record.status}.`);
  throw notFinished("The page is not done yet.", retryAfter);
};

/** One page's result, also while others still run. @throws ProblemError 404 or 409 */
export const pageResult = async (
  dependencies: ResultDependencies,
  record: DocumentRecord,
  text: string,
  retryAfter: number,
): Promise<StoredResult> => {
  const number = await donePage(dependencies, record, text, retryAfter);
  const key = storageKeys(record.tenant, record.id).page(number);
  return { key, etag: etagOf(record, `page-${number}`), contentType: "application/json", ranges: false };
};

/** One page as it was recognised; drawn first where nobody has asked for it before. @throws ProblemError 404 or 409 */
export const pageImage = async (
  dependencies: ResultDependencies,
  record: DocumentRecord,
  text: string,
  retryAfter: number,
): Promise<StoredResult> => {
  const { storage, producer, madeLater } = dependencies;
  const number = await donePage(dependencies, record, text, retryAfter);
  const keys = storageKeys(record.tenant, record.id);
  const key = keys.image(number, record.attempt);
  await madeLater(record, key, async () => {
    const bytes = await storage.read(keys.page(number));
    const { error } = PageResult.pick({ error: true }).parse(JSON.parse(bytes?.toString("utf8") ?? "{}"));
    if (error) throw new ProblemError("no-result", `${error.code}: ${error.detail}`);
    await producer.add("image", { ...jobOf(record), page: number });
  });
  return { key, etag: etagOf(record, `image-${number}`), contentType: "image/png", ranges: false };
};
