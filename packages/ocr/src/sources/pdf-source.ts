import { ProblemError } from "@lectura/contracts";
import { renderPage } from "./page-render.ts";
import { readTextLayer } from "./text-layer.ts";
import { loadPdfium, type Pdfium } from "./pdfium.ts";
import type { Source } from "./source.ts";

/** `FPDF_ERR_PASSWORD` and `FPDF_ERR_SECURITY`. */
const PROTECTED = [4, 5];

const refuse = (error: number, password: string | undefined): ProblemError =>
  PROTECTED.includes(error)
    ? new ProblemError(
        "password-protected",
        password === undefined
          ? "The PDF is encrypted and opens only with its password: send it as the option `password`."
          : "The PDF is encrypted and does not open with this password.",
      )
    : new ProblemError("undecodable-file", "The PDF is damaged or cut short.", {
        cause: new Error(`PDFium error ${error}`),
      });

/** `FLAT_NORMALDISPLAY`, and what `FPDFPage_Flatten` answers when there was something to flatten. */
const AS_DISPLAYED = 0;
const FLATTENED = 1;

/**
 * Makes what fields and annotations show part of the page, so that it is read and rendered like the rest. The environment
 * of forms draws the fields that bring no appearance of their own, as viewers do.
 */
const createPageLoader = ({ api }: Pdfium, document: number) => {
  const info = api.PDFiumExt_OpenFormFillInfo();
  const forms = api.PDFiumExt_InitFormFillEnvironment(document, info);
  return {
    load(index: number): number {
      const page = api.FPDF_LoadPage(document, index);
      if (page === 0 || api.FPDFPage_GetAnnotCount(page) === 0) return page;
      if (api.FPDFPage_Flatten(page, AS_DISPLAYED) !== FLATTENED) return page;
      // What was added is seen by whoever loads the page anew.
      api.FPDF_ClosePage(page);
      return api.FPDF_LoadPage(document, index);
    },
    close() {
      if (forms !== 0) api.PDFiumExt_ExitFormFillEnvironment(forms);
      api.PDFiumExt_CloseFormFillInfo(info);
    },
  };
};

const openPdf = (
  pdfium: Pdfium,
  path: string,
  { pagePixels, password }: { pagePixels: number; password: string | undefined },
): Source => {
  const { api } = pdfium;
  const opened = pdfium.openDocument(path, password);
  const pages = opened.document === 0 ? 0 : api.FPDF_GetPageCount(opened.document);
  if (pages < 1) {
    opened.close();
    throw refuse(opened.error, password);
  }
  const loader = createPageLoader(pdfium, opened.document);

  const withPage = <Result>(number: number, use: (page: number) => Result): Result => {
    const page = loader.load(number - 1);
    if (page === 0) throw new ProblemError("undecodable-file", `Page ${number} of the PDF is damaged.`);
    try {
      return use(page);
    } finally {
      api.FPDF_ClosePage(page);
    }
  };

  return {
    mediaType: "application/pdf",
    pages,
    image: (number) => Promise.resolve(withPage(number, (page) => renderPage(pdfium, page, pagePixels))),
    textLayer: (number) => withPage(number, (page) => readTextLayer(pdfium, page)),
    close() {
      loader.close();
      opened.close();
    },
  };
};

/** PDFium is loaded for the first PDF, not for images. */
export const createPdfOpener = ({ pagePixels }: { pagePixels: number }) => {
  let pdfium: Promise<Pdfium> | undefined;
  return async (path: string, password?: string): Promise<Source> => {
    pdfium ??= loadPdfium();
    return openPdf(await pdfium, path, { pagePixels, password });
  };
};
