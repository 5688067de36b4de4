import { ProblemError } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";
import { readTextLayer } from "./text-layer.ts";
import { loadPdfium, type Pdfium } from "./pdfium.ts";
import type { Source } from "./source.ts";

const RENDER_DPI = 300;
const POINTS_PER_INCH = 72;
/** Bitmap format `FPDFBitmap_Gray`: one byte a pixel. */
const GREY = 1;
const WHITE = 0xff_ff_ff_ff;
/** Render flag `FPDF_ANNOT`: annotations and form fields belong to what a reader sees. */
const WITH_ANNOTATIONS = 1;
/** `FPDF_ERR_PASSWORD` and `FPDF_ERR_SECURITY`. */
const PROTECTED = [4, 5];

/** A2 at 300 dpi. Larger sheets are posters, whose letters are large too; in full they would hit the time limit. */
const RENDER_PIXELS = 35_000_000;

/** The highest resolution up to RENDER_DPI at which a page of this size, in points, stays within the limits. */
const affordableDpi = (width: number, height: number, pagePixels: number): number => {
  const squareInches = (width / POINTS_PER_INCH) * (height / POINTS_PER_INCH);
  return Math.min(RENDER_DPI, Math.floor(Math.sqrt(Math.min(RENDER_PIXELS, pagePixels) / squareInches)));
};

const renderPage = ({ api, heap }: Pdfium, page: number, pagePixels: number): GreyImage => {
  const points = { width: api.FPDF_GetPageWidthF(page), height: api.FPDF_GetPageHeightF(page) };
  const dpi = affordableDpi(points.width, points.height, pagePixels);
  if (!(dpi >= 1)) throw new ProblemError("too-many-pixels", "The page is too large to be rendered at any resolution.");
  const width = Math.max(1, Math.floor((points.width / POINTS_PER_INCH) * dpi));
  const height = Math.max(1, Math.floor((points.height / POINTS_PER_INCH) * dpi));
  const bitmap = api.FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
  if (bitmap === 0) throw new ProblemError("too-many-pixels", "There is not enough memory to render the page.");
  try {
    api.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
    api.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, WITH_ANNOTATIONS);
    const rows = api.FPDFBitmap_GetBuffer(bitmap);
    const stride = api.FPDFBitmap_GetStride(bitmap);
    const data = Buffer.allocUnsafe(width * height);
    for (let y = 0; y < height; y += 1) {
      data.set(heap().subarray(rows + y * stride, rows + y * stride + width), y * width);
    }
    return { data, width, height, dpi };
  } finally {
    api.FPDFBitmap_Destroy(bitmap);
  }
};

const refuse = (error: number): ProblemError =>
  PROTECTED.includes(error)
    ? new ProblemError("password-protected", "The PDF is encrypted and opens only with its password.")
    : new ProblemError("undecodable-file", "The PDF is damaged or cut short.", {
        cause: new Error(`PDFium error ${error}`),
      });

const openPdf = (pdfium: Pdfium, path: string, pagePixels: number): Source => {
  const { api } = pdfium;
  const opened = pdfium.openDocument(path);
  const pages = opened.document === 0 ? 0 : api.FPDF_GetPageCount(opened.document);
  if (pages < 1) {
    opened.close();
    throw refuse(opened.error);
  }

  const withPage = <Result>(number: number, use: (page: number) => Result): Result => {
    const page = api.FPDF_LoadPage(opened.document, number - 1);
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
    close: opened.close,
  };
};

/** PDFium is loaded for the first PDF, not for images. */
export const createPdfOpener = ({ pagePixels }: { pagePixels: number }) => {
  let pdfium: Promise<Pdfium> | undefined;
  return async (path: string): Promise<Source> => {
    pdfium ??= loadPdfium();
    return openPdf(await pdfium, path, pagePixels);
  };
};
