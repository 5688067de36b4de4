import { writeSync } from "node:fs";
import type { PageResult } from "@lectura/contracts";
import type { Pdfium } from "../../sources/pdfium.ts";
import { readDictionary } from "./dictionary.ts";
import { dropHiddenText } from "./drop-hidden-text.ts";
import { createGlyphlessFont } from "./glyphless-font.ts";
import type { Matrix } from "./matrix.ts";
import { DRAW_LAYER, withLayer } from "./page-layer.ts";
import { pageText } from "./page-text.ts";
import { createPdfFile } from "./pdf-file.ts";
import { rewritePdf } from "./rewrite-pdf.ts";
import { openRewritten } from "./rewritten-pdf.ts";

/** The page results in order; read anew each time it is called. */
type Pages = () => AsyncIterable<PageResult>;

/** PDFium maps from whole device units: of so fine a device, since what is lost must not show. */
const DEVICE = 1_000_000;
/** No page is larger: nothing of the text is cut away. */
const EVERYWHERE = "[-99999 -99999 99999 99999]";
/** From shares of the page that a viewer shows to the page's own space, through its rotation and crop box. */
const shownToPage = ({ api, getValue, withMemory }: Pdfium, page: number): Matrix => {
  const [origin, right, down] = [
    [0, 0],
    [DEVICE, 0],
    [0, DEVICE],
  ].map(([x = 0, y = 0]) =>
    withMemory(16, (room) => {
      api.FPDF_DeviceToPage(page, 0, 0, DEVICE, DEVICE, 0, x, y, room, room + 8);
      return { x: getValue(room, "double"), y: getValue(room + 8, "double") };
    }),
  );
  if (!origin || !right || !down) throw new Error("three points are three points");
  return [right.x - origin.x, right.y - origin.y, down.x - origin.x, down.y - origin.y, origin.x, origin.y];
};

const withPage = <Result>({ api }: Pdfium, document: number, number: number, use: (page: number) => Result): Result => {
  const page = api.FPDF_LoadPage(document, number - 1);
  try {
    return use(page);
  } finally {
    api.FPDF_ClosePage(page);
  }
};

const isRecognised = ({ source, blocks }: PageResult): boolean => source === "ocr" && blocks.length > 0;

/** Appends the text of recognised pages to a PDF that has just been rewritten. */
const appendText = async (
  pdfium: Pdfium,
  { document, pages, target }: { document: number; pages: Pages; target: number },
): Promise<void> => {
  const pdf = openRewritten(target);
  const numbers = Number(pdf.trailer.get("Size"));
  const file = createPdfFile((bytes) => writeSync(target, bytes), { bytes: pdf.bytes, numbers });
  const font = createGlyphlessFont();
  const fontNumber = file.reserve();
  const drawing = file.compressed("", DRAW_LAYER);
  const form = `/Type /XObject /Subtype /Form /BBox ${EVERYWHERE} /Resources << /Font << /F ${fontNumber} 0 R >> >>`;
  for await (const result of pages()) {
    if (!isRecognised(result)) continue;
    const { number, toPage } = withPage(pdfium, document, result.number, (page) => ({
      number: pdfium.api.EPDFPage_GetObjectNumber(page),
      toPage: shownToPage(pdfium, page),
    }));
    const layer = file.compressed(form, pageText(result, toPage, font));
    file.object(withLayer(pdf, readDictionary(pdf.object(number)), layer, drawing), number);
  }
  font.write(file, fontNumber);
  file.end(pdf.trailer.set("Prev", String(pdf.table)));
};

/**
 * Writes the PDF at `path` to the open file `target`, with invisible text on the pages that were recognised. Their content
 * and all other objects stay as they are. PDFium repairs and decrypts; the text is appended, page by page.
 */
export const writeLayeredPdf = async (
  pdfium: Pdfium,
  { path, password, pages, target }: { path: string; password: string | undefined; pages: Pages; target: number },
): Promise<void> => {
  const opened = pdfium.openDocument(path, password);
  try {
    for await (const result of pages()) {
      if (isRecognised(result)) {
        withPage(pdfium, opened.document, result.number, (page) => dropHiddenText(pdfium, page));
      }
    }
    rewritePdf(pdfium, opened.document, target);
    await appendText(pdfium, { document: opened.document, pages, target });
  } finally {
    opened.close();
  }
};
