import type { Box } from "@lectura/contracts";
import type { GreyImage } from "../engines/engine.ts";

/** The part of an image within a box, whose sides are cut to whole pixels. */
export const crop = ({ data, width, height, dpi }: GreyImage, box: Box): GreyImage => {
  const [left, top] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  const [right, bottom] = [Math.min(width, Math.ceil(box[2])), Math.min(height, Math.ceil(box[3]))];
  const rows = Array.from({ length: bottom - top }, (_, row) =>
    data.subarray((top + row) * width + left, (top + row) * width + right),
  );
  return { data: Buffer.concat(rows), width: right - left, height: bottom - top, dpi };
};
