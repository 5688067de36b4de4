import { createReadStream } from "node:fs";
import { AUTO_LANGUAGES, type Document, type PageResult, type Provenance, type ResultFormat } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import { type Urgency, writeAlto, writeHocr, writeMarkdown, writeText, writeTsv } from "@lectura/ocr";
import { passwordOf } from "../inputs/password.ts";
import type { JobDependencies } from "../jobs/dependencies.ts";
import type { Pages } from "./stored-pages.ts";

export interface Result {
  record: DocumentRecord;
  document: Document;
  pages: Pages;
  provenance: Provenance;
}

async function* asyncPages(pages: Pages): AsyncGenerator<PageResult> {
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

const textIn = (format: Exclude<ResultFormat, "pdf">, result: Result): AsyncIterable<string> => {
  const { document, provenance } = result;
  const { engine, engine_version: engineVersion, models } = provenance;
  const { languages: asked } = document.options;
  const title = document.input.filename ?? document.id;
  const pages = asyncPages(result.pages);
  switch (format) {
    case "json":
      return writeJson(result);
    case "text":
      return writeText(pages);
    case "markdown":
      return writeMarkdown(pages);
    case "hocr": {
      const languages = asked.includes(AUTO_LANGUAGES) ? models.map(({ language }) => language) : asked;
      return writeHocr(pages, { title, system: `${engine} ${engineVersion}`, languages });
    }
    case "alto":
      return writeAlto(pages, { title, engine, engineVersion });
    case "tsv":
      return writeTsv(pages);
  }
};

type Dependencies = Pick<JobDependencies, "storage" | "inputs" | "ocr">;

/** Stores a document's result in one format, page by page: a long one is never in memory as a whole. */
export const writeFormat = async (
  { storage, inputs, ocr }: Dependencies,
  format: ResultFormat,
  result: Result,
  { signal, urgency }: { signal: AbortSignal; urgency: Urgency },
): Promise<void> => {
  const { record, pages } = result;
  const keys = storageKeys(record.tenant, record.id);
  const key = format === "json" || format === "text" ? keys.result(format) : keys.made(format, record.attempt);
  if (format !== "pdf") {
    await storage.put(key, encode(textIn(format, result)), { signal });
    return;
  }
  const password = await passwordOf(storage, record);
  await inputs.use(record, async (path) =>
    inputs.scratch(async (target) => {
      await ocr.writePdf(path, asyncPages(pages), target, { ...password, signal, urgency });
      await storage.put(key, createReadStream(target), { signal });
    }),
  );
};
