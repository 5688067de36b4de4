import type { PageResult } from "@lectura/contracts";
import { level } from "../prepare/deskew.ts";
import { fromPixels, type Pixels, toPixels } from "../prepare/pixels.ts";
import { turnBack } from "../prepare/rotate.ts";
import type { Source } from "../sources/source.ts";

/**
 * Writes the image that a page result's boxes fit, as PNG: what the result says was taken out is taken out here, too. What
 * else the page was prepared by, its brightness and its size, was for the engine alone.
 */
export const writePageImage = async (
  source: Source,
  { page, target }: { page: Pick<PageResult, "number" | "width" | "height" | "rotation" | "skew">; target: string },
): Promise<void> => {
  const { number, width, height, rotation, skew } = page;
  const upright = await turnBack(await source.image(number), rotation);
  let image: Pixels = skew === 0 ? upright : await level(upright, skew);
  // A text layer counts in pixels of its own.
  if (image.width !== width || image.height !== height) {
    image = await toPixels(fromPixels(image).resize(width, height, { fit: "fill" }));
  }
  await fromPixels(image).toColourspace("b-w").png().toFile(target);
};
