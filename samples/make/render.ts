import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { init } from "@embedpdf/pdfium";
import sharp, { type Sharp } from "sharp";

const GREY = 1;
const WHITE = 0xff_ff_ff_ff;

/**
 * The first page of a PDF as a grey picture. PDFium brings its own forms of Times, Helvetica and Courier, so that the
 * samples look the same on a machine without a single font.
 */
export const renderPage = async (pdf: Uint8Array, dpi: number): Promise<Sharp> => {
  const wasm = await readFile(fileURLToPath(import.meta.resolve("@embedpdf/pdfium/pdfium.wasm")));
  const api = await init({ wasmBinary: Uint8Array.from(wasm).buffer });
  api.PDFiumExt_Init();
  const memory = (): Uint8Array => {
    const heap: unknown = Reflect.get(api.pdfium, "HEAPU8");
    if (!(heap instanceof Uint8Array)) throw new Error("PDFium does not expose its memory.");
    return heap;
  };

  const file = api.pdfium.wasmExports.malloc(pdf.length);
  memory().set(pdf, file);
  const page = api.FPDF_LoadPage(api.FPDF_LoadMemDocument(file, pdf.length, ""), 0);
  const width = Math.round((api.FPDF_GetPageWidthF(page) / 72) * dpi);
  const height = Math.round((api.FPDF_GetPageHeightF(page) / 72) * dpi);
  const bitmap = api.FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
  api.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  api.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0);
  // Rows may be longer than the picture is wide.
  const stride = api.FPDFBitmap_GetStride(bitmap);
  const start = api.FPDFBitmap_GetBuffer(bitmap);
  const rows = memory().slice(start, start + stride * height);
  return sharp(rows, { raw: { width: stride, height, channels: 1 } }).extract({ left: 0, top: 0, width, height });
};
