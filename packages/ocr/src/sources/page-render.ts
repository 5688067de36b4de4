import { ProblemError } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";
import { isInkless } from "./page-characters.ts";
import { type PageObject, readObjects } from "./page-objects.ts";
import { coverageOf, ownDpi, readPictures, SCAN_COVERAGE } from "./page-pictures.ts";
import type { Pdfium } from "./pdfium.ts";

/** What drawn letters and lines are rendered at. */
const RENDER_DPI = 300;
const POINTS_PER_INCH = 72;
/** Bitmap format `FPDFBitmap_Gray`: one byte a pixel. */
const GREY = 1;
const WHITE = 0xff_ff_ff_ff;
/** Render flag `FPDF_ANNOT`: annotations and form fields belong to what a reader sees. */
const WITH_ANNOTATIONS = 1;

/** A4 at 600 dpi, or A2 at 300. Larger sheets are posters, whose letters are large too; in full they would hit the time limit. */
const RENDER_PIXELS = 35_000_000;

/** At this resolution a scan shows well enough what is drawn on it; a coarser one is drawn finer then. */
const ENOUGH_DPI = 200;

interface Size {
  width: number;
  height: number;
}

const showsOnlyPictures = (pdfium: Pdfium, objects: PageObject[]): boolean =>
  objects.every(({ kind, handle }) => kind === "picture" || (kind === "text" && isInkless(pdfium, handle)));

/**
 * The resolution that a page asks for: a scan its own, so that its pixels are recognised as they were scanned; what is
 * drawn, perhaps with pictures beside it, RENDER_DPI.
 */
const wantedDpi = (pdfium: Pdfium, page: number, points: Size): number => {
  const objects = readObjects(pdfium, page);
  const pictures = readPictures(pdfium, { page, objects, ...points });
  const own = ownDpi(pictures);
  const isScan = coverageOf(pictures) > SCAN_COVERAGE && (own >= ENOUGH_DPI || showsOnlyPictures(pdfium, objects));
  return isScan ? own : RENDER_DPI;
};

/** The highest resolution up to the wanted one at which a page of this size stays within the limits. */
const affordableDpi = (points: Size, wanted: number, pagePixels: number): number => {
  const squareInches = (points.width / POINTS_PER_INCH) * (points.height / POINTS_PER_INCH);
  const affordable = Math.floor(Math.sqrt(Math.min(RENDER_PIXELS, pagePixels) / squareInches));
  return Math.min(wanted, affordable);
};

/** Points come as 32-bit numbers: a hair more, so that a scan of 2480 pixels is not rendered in 2479. */
const HAIR = 0.02;
const pixelsOf = (points: number, dpi: number): number =>
  Math.max(1, Math.floor((points / POINTS_PER_INCH) * dpi + HAIR));

/** A page as a viewer shows it, in grey. */
export const renderPage = (pdfium: Pdfium, page: number, pagePixels: number): GreyImage => {
  const { api, heap } = pdfium;
  const points = { width: api.FPDF_GetPageWidthF(page), height: api.FPDF_GetPageHeightF(page) };
  const dpi = affordableDpi(points, wantedDpi(pdfium, page, points), pagePixels);
  if (!(dpi >= 1)) throw new ProblemError("too-many-pixels", "The page is too large to be rendered at any resolution.");
  const width = pixelsOf(points.width, dpi);
  const height = pixelsOf(points.height, dpi);
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
    return { data, width, height, dpi: Math.round(dpi) };
  } finally {
    api.FPDFBitmap_Destroy(bitmap);
  }
};
