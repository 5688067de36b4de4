import type { Document, PageResult, Provenance, TenantId } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import { writeHocr, writeText } from "@lectura/ocr";
import type { Storage } from "@lectura/storage";

interface Result {
  tenant: TenantId;
  document: Document;
  pages: () => Iterable<PageResult> | AsyncIterable<PageResult>;
  provenance: Provenance;
}

async function* asyncPages(pages: Result["pages"]): AsyncGenerator<PageResult> {
  yield* pages();
}

async function* writeJson({ document, pages, provenance }: Result): AsyncGenerator<string> {
  yield `{"document":${JSON.stringify(document)},"pages":[`;
  let separator = "";
  for await (const page of pages()) {
    yield separator + JSON.stringify(page);
    separator = ",\n";
  }
  yield `],"provenance":${JSON.stringify(provenance)}}\n`;
}

async function* encode(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield Buffer.from(part, "utf8");
}

/** Stores a document's result in every format, page by page: a long one is never in memory as a whole. */
export const writeResults = async (storage: Storage, result: Result): Promise<void> => {
  const { document, tenant, pages, provenance } = result;
  const keys = storageKeys(tenant, document.id);
  const system = `${provenance.engine} ${provenance.engine_version}`;
  const title = document.input.filename ?? document.id;
  await storage.put(keys.result("text"), encode(writeText(asyncPages(pages))));
  await storage.put(keys.result("hocr"), encode(writeHocr(asyncPages(pages), { title, system })));
  await storage.put(keys.result("json"), encode(writeJson(result)));
};
