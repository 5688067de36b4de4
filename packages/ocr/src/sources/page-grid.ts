import type { Pdfium } from "./pdfium.ts";

export type ToGrid = (x: number, y: number) => [x: number, y: number];

/** Turns points of the page into pixels of a grid over it, with the page's rotation and crop box applied. */
export const createGrid = (
  { api, getValue, withMemory }: Pdfium,
  page: number,
  { width, height }: { width: number; height: number },
): ToGrid => {
  // PDFium rounds to whole device units; a far point and thousandths of a pixel keep the error below one of these.
  const FAR = 1000;
  const map = (x: number, y: number) =>
    withMemory(8, (room) => {
      api.FPDF_PageToDevice(page, 0, 0, width * FAR, height * FAR, 0, x, y, room, room + 4);
      return { x: getValue(room, "i32") / FAR, y: getValue(room + 4, "i32") / FAR };
    });
  const [origin, right, up] = [map(0, 0), map(FAR, 0), map(0, FAR)];
  return (x, y) => [
    origin.x + (x * (right.x - origin.x) + y * (up.x - origin.x)) / FAR,
    origin.y + (x * (right.y - origin.y) + y * (up.y - origin.y)) / FAR,
  ];
};
