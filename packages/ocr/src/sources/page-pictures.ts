import type { Box } from "@lectura/contracts";
import { createGrid } from "./page-grid.ts";
import type { Matrix, PageObject } from "./page-objects.ts";
import type { Pdfium } from "./pdfium.ts";

/** A picture on a page. */
export interface Picture {
  /** Its place in the order of drawing. */
  order: number;
  /** In pixels of the grid, without what lies beyond the page. */
  bbox: Box;
  /** The share of the page that it covers. */
  coverage: number;
  /** Its own pixels per inch where it lies, of the finer direction. */
  dpi: number;
}

/** The share of the page that pictures cover when the page is a scan. */
export const SCAN_COVERAGE = 0.7;

const POINTS_PER_INCH = 72;
/** Logos, bullets and shades are smaller: their resolution says nothing about the page. Strips of a scan may be, too. */
const SMALLEST_SHARE = 0.02;

const pixelsOf = ({ api, getValue, withMemory }: Pdfium, picture: number) =>
  withMemory(8, (room) => {
    if (!api.FPDFImageObj_GetImagePixelSize(picture, room, room + 4)) return { width: 0, height: 0 };
    return { width: getValue(room, "i32"), height: getValue(room + 4, "i32") };
  });

/** Where a matrix puts the unit square, which is what every picture is drawn in. */
const corners = ([a, b, c, d, e, f]: Matrix): [number, number][] => [
  [e, f],
  [a + e, b + f],
  [c + e, d + f],
  [a + c + e, b + d + f],
];

const inside = (value: number, end: number) => Math.min(Math.max(value, 0), end);

/** The pictures of a page, on a grid of `width` × `height` pixels. */
export const readPictures = (
  pdfium: Pdfium,
  { page, objects, width, height }: { page: number; objects: PageObject[]; width: number; height: number },
): Picture[] => {
  const toGrid = createGrid(pdfium, page, { width, height });
  return objects.flatMap(({ handle, kind, matrix }, order) => {
    if (kind !== "picture") return [];
    const pixels = pixelsOf(pdfium, handle);
    const [a, b, c, d] = matrix;
    const dpi = Math.max(pixels.width / Math.hypot(a, b), pixels.height / Math.hypot(c, d)) * POINTS_PER_INCH;
    const points = corners(matrix).map(([x, y]) => toGrid(x, y));
    const [xs, ys] = [points.map(([x]) => inside(x, width)), points.map(([, y]) => inside(y, height))];
    const bbox: Box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    const coverage = ((bbox[2] - bbox[0]) * (bbox[3] - bbox[1])) / (width * height);
    return Number.isFinite(dpi) && coverage > 0 ? [{ order, bbox, coverage, dpi }] : [];
  });
};

/** The share of a page that its pictures cover together: many programs cut a scan into strips. */
export const coverageOf = (pictures: Picture[]): number =>
  Math.min(
    1,
    pictures.reduce((sum, { coverage }) => sum + coverage, 0),
  );

/** The finest resolution among the pictures that make up a page; 0 without any. */
export const ownDpi = (pictures: Picture[]): number => {
  const largest = Math.max(0, ...pictures.map(({ coverage }) => coverage));
  const enough = Math.min(SMALLEST_SHARE, largest);
  return Math.max(0, ...pictures.filter(({ coverage }) => coverage >= enough).map(({ dpi }) => dpi));
};
