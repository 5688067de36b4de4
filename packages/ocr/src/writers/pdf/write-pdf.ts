import { closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { PageResult } from "@lectura/contracts";
import { loadPdfium, type Pdfium } from "../../sources/pdfium.ts";
import type { Source } from "../../sources/source.ts";
import { writeImagePdf } from "./image-pdf.ts";
import { writeLayeredPdf } from "./layered-pdf.ts";

interface Task {
  path: string;
  password?: string | undefined;
  pages: string;
  target: string;
}

/** The page results of a file that has one on each line. */
const storedPages = (path: string) =>
  async function* (): AsyncGenerator<PageResult> {
    await using file = await open(path);
    for await (const line of file.readLines()) yield PageResult.parse(JSON.parse(line));
  };

/**
 * Writes searchable PDFs, page by page: of a PDF the same with invisible text on the pages that were recognised, of images
 * a PDF of them with invisible text. PDFium is loaded for the first PDF.
 */
export const createPdfWriter = () => {
  let pdfium: Promise<Pdfium> | undefined;
  return async (source: Source, task: Task): Promise<void> => {
    const pages = storedPages(task.pages);
    const target = openSync(task.target, "w+");
    try {
      if (source.mediaType === "application/pdf") {
        pdfium ??= loadPdfium();
        await writeLayeredPdf(await pdfium, { path: task.path, password: task.password, pages, target });
      } else {
        await writeImagePdf({ path: task.path, source, pages: pages(), target });
      }
    } finally {
      closeSync(target);
    }
  };
};
