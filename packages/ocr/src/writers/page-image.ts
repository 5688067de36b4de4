import type { PageResult } from "@lectura/contracts";
import { fromPixels, type Pixels, toPixels } from "../prepare/pixels.ts";
import { turnBack } from "../prepare/rotate.ts";
import type { Source } from "../sources/source.ts";

/** Writes the image that a page result's boxes fit, as PNG: what the result says was taken out is taken out here, too. */
export const writePageImage = async (
  source: Source,
  { page, target }: { page: Pick<PageResult, "number" | "width" | "height" | "rotation" | "skew">; target: string },
): Promise<void> => {
  const { number, width, height, rotation, skew } = page;
  // One step after the other: within one, sharp has an order of its own.
  let image: Pixels = await turnBack(await source.image(number), rotation);
  if (skew !== 0) image = await toPixels(fromPixels(image).rotate(-skew, { background: "white" }));
  if (image.width !== width || image.height !== height) {
    image = await toPixels(fromPixels(image).resize(width, height, { fit: "fill" }));
  }
  await fromPixels(image).toColourspace("b-w").png().toFile(target);
};
