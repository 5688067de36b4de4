import { isFinal, ProblemError, ResultFormat, resultFormats, selectPages } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** A stored result on its way out. */
export interface StoredResult {
  etag: string;
  contentType: string;
  open: () => Promise<{ stream: NodeJS.ReadableStream; bytes: number }>;
}

const notFinished = (detail: string, retryAfter: number): ProblemError =>
  new ProblemError("document-not-finished", detail, { headers: { "retry-after": String(retryAfter) } });

const opener =
  (storage: Storage, key: string) => async (): Promise<{ stream: NodeJS.ReadableStream; bytes: number }> => {
    const found = await storage.get(key);
    if (!found) throw new Error(`the record promises ${key}, the storage does not have it`);
    return found;
  };

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

/** The whole result in one format, streamed as stored. @throws ProblemError 409 while there is none */
export const documentResult = (
  storage: Storage,
  record: DocumentRecord,
  format: ResultFormat,
  retryAfter: number,
): StoredResult => {
  if (!isFinal(record.status)) throw notFinished("The document is still being worked on.", retryAfter);
  if (record.status !== "succeeded" && record.status !== "partial") {
    throw new ProblemError(
      "no-result",
      record.error ? `${record.error.code}: ${record.error.detail}` : `The document is ${record.status}.`,
    );
  }
  return {
    etag: etagOf(record, format),
    contentType: resultFormats[format],
    open: opener(storage, storageKeys(record.tenant, record.id).result(format)),
  };
};

/** One page's result, also while others still run. @throws ProblemError 404 or 409 */
export const pageResult = async (
  storage: Storage,
  record: DocumentRecord,
  text: string,
  retryAfter: number,
): Promise<StoredResult> => {
  const number = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : 0;
  const selected =
    record.source_pages === null || selectPages(record.options.pages, record.source_pages).includes(number);
  if (number === 0 || !selected)
    throw new ProblemError("not-found", "The document has no such page, or it was not selected.");
  const key = storageKeys(record.tenant, record.id).page(number);
  if (!(await storage.head(key))) {
    if (isFinal(record.status)) throw new ProblemError("no-result", `The document is ${record.status}.`);
    throw notFinished("The page is not done yet.", retryAfter);
  }
  return { etag: etagOf(record, `page-${number}`), contentType: "application/json", open: opener(storage, key) };
};
