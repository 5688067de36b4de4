import type { Box, PageResult } from "@lectura/contracts";
import { chain, type Matrix } from "./matrix.ts";

type Size = Pick<PageResult, "width" | "height">;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * The size of the page before it was straightened. Its corners lie in the canvas of the straight image, which holds all
 * of it: width' = width·cos + height·sin, height' = width·sin + height·cos.
 */
const beforeDeskew = ({ width, height, skew }: Size & Pick<PageResult, "skew">): Size => {
  const [sin, cos] = [Math.sin(radians(Math.abs(skew))), Math.cos(radians(skew))];
  const determinant = cos * cos - sin * sin;
  return { width: (width * cos - height * sin) / determinant, height: (height * cos - width * sin) / determinant };
};

/** Turns clockwise about the middle of one rectangle into the middle of another; y grows downwards. */
const turn = (degrees: number, from: Size, to: Size): Matrix => {
  const [sin, cos] = [Math.sin(radians(degrees)), Math.cos(radians(degrees))];
  const turned = chain([1, 0, 0, 1, -from.width / 2, -from.height / 2], [cos, sin, -sin, cos, 0, 0]);
  return chain(turned, [1, 0, 0, 1, to.width / 2, to.height / 2]);
};

/** The level box around a box that has been transformed. */
const around = ([x0, y0, x1, y1]: Box, [a, b, c, d, e, f]: Matrix): Box => {
  const x = [a * x0 + c * y0, a * x1 + c * y0, a * x0 + c * y1, a * x1 + c * y1];
  const y = [b * x0 + d * y0, b * x1 + d * y0, b * x0 + d * y1, b * x1 + d * y1];
  return [Math.min(...x) + e, Math.min(...y) + f, Math.max(...x) + e, Math.max(...y) + f];
};

/**
 * Where a page result's words lie on the page that a viewer of the file shows. What was taken out is put back: the skew
 * box by box, since readers take text apart whose baseline slopes, the rotation by a matrix.
 */
export interface PageGeometry {
  /** Size of the shown page in pixels of the result. */
  shown: Size;
  /** A box of the result in the image before it was straightened. */
  unstraightened: (box: Box) => Box;
  /** From pixels of that image to shares of the shown page, (0, 0) being its upper left corner and (1, 1) its lower right. */
  toShares: Matrix;
}

export const geometryOf = (page: Pick<PageResult, "width" | "height" | "rotation" | "skew">): PageGeometry => {
  const upright = beforeDeskew(page);
  const shown = page.rotation % 180 === 0 ? upright : { width: upright.height, height: upright.width };
  const askew = turn(page.skew, page, upright);
  return {
    shown,
    unstraightened: (box) => around(box, askew),
    toShares: chain(turn(page.rotation, upright, shown), [1 / shown.width, 0, 0, 1 / shown.height, 0, 0]),
  };
};
