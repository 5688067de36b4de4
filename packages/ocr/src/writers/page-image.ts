import type { PageResult } from "@lectura/contracts";
import sharp, { type Sharp } from "sharp";
import type { Source } from "../sources/source.ts";

interface Pixels {
  data: Buffer;
  width: number;
  height: number;
}

const fromGrey = ({ data, width, height }: Pixels): Sharp =>
  // Whoever decoded the page has checked its size.
  sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false });

const toGrey = async (image: Sharp): Promise<Pixels> => {
  const { data, info } = await image.toColourspace("b-w").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};

/** Writes the image that a page result's boxes fit, as PNG: what the result says was taken out is taken out here, too. */
export const writePageImage = async (
  source: Source,
  { page, target }: { page: Pick<PageResult, "number" | "width" | "height" | "rotation" | "skew">; target: string },
): Promise<void> => {
  const { number, width, height, rotation, skew } = page;
  // One step after the other: within one, sharp has an order of its own.
  let image: Pixels = await source.image(number);
  if (rotation !== 0) image = await toGrey(fromGrey(image).rotate(-rotation));
  if (skew !== 0) image = await toGrey(fromGrey(image).rotate(-skew, { background: "white" }));
  if (image.width !== width || image.height !== height) {
    image = await toGrey(fromGrey(image).resize(width, height, { fit: "fill" }));
  }
  await fromGrey(image).toColourspace("b-w").png().toFile(target);
};
