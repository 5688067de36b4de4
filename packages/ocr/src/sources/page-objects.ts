import type { Pdfium } from "./pdfium.ts";

/** `[a b c d e f]` as PDF has it: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** Something drawn on a page. */
export interface PageObject {
  handle: number;
  kind: "text" | "picture" | "drawing";
  /** From the object's own space to the page's, in points. */
  matrix: Matrix;
}

/** `FPDF_PAGEOBJ_TEXT`, `…_IMAGE` and `…_FORM`; the others are paths and shadings. */
const TEXT = 1;
const IMAGE = 3;
const FORM = 5;

/** Forms within forms, and objects of a page: hostile files draw without end, honest ones stay far below. */
const DEEPEST = 12;
const MOST = 50_000;

const within = ([a, b, c, d, e, f]: Matrix, [A, B, C, D, E, F]: Matrix): Matrix => [
  a * A + b * C,
  a * B + b * D,
  c * A + d * C,
  c * B + d * D,
  e * A + f * C + E,
  e * B + f * D + F,
];

const matrixOf = ({ api, getValue, withMemory }: Pdfium, object: number): Matrix =>
  withMemory(24, (room) => {
    if (!api.FPDFPageObj_GetMatrix(object, room)) return [1, 0, 0, 1, 0, 0];
    const value = (index: number) => getValue(room + 4 * index, "float");
    return [value(0), value(1), value(2), value(3), value(4), value(5)];
  });

/** Everything that a page draws, in the order in which it is drawn, also what lies in forms. */
export const readObjects = (pdfium: Pdfium, page: number): PageObject[] => {
  const { api } = pdfium;
  const objects: PageObject[] = [];

  const walk = (handles: Iterable<number>, outer: Matrix, depth: number): void => {
    for (const handle of handles) {
      if (objects.length >= MOST) return;
      const type = api.FPDFPageObj_GetType(handle);
      if (type === FORM) {
        if (depth < DEEPEST) walk(inForm(handle), within(matrixOf(pdfium, handle), outer), depth + 1);
      } else if (type === TEXT) objects.push({ handle, kind: "text", matrix: outer });
      else if (type === IMAGE) {
        objects.push({ handle, kind: "picture", matrix: within(matrixOf(pdfium, handle), outer) });
      } else objects.push({ handle, kind: "drawing", matrix: outer });
    }
  };
  const inForm = function* (form: number): Generator<number> {
    const count = api.FPDFFormObj_CountObjects(form);
    for (let index = 0; index < count; index += 1) yield api.FPDFFormObj_GetObject(form, index);
  };
  const onPage = function* (): Generator<number> {
    const count = api.FPDFPage_CountObjects(page);
    for (let index = 0; index < count; index += 1) yield api.FPDFPage_GetObject(page, index);
  };

  walk(onPage(), [1, 0, 0, 1, 0, 0], 0);
  return objects;
};
