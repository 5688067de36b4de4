import sharp, { type Sharp } from "sharp";
import type { GreyImage } from "../engines/engine.ts";

/** Grey pixels without their resolution. */
export type Pixels = Pick<GreyImage, "data" | "width" | "height">;

/** Hands pixels to libvips: what can be done there is not done in a loop here. */
export const fromPixels = ({ data, width, height }: Pixels): Sharp =>
  // Whoever decoded the page has checked its size.
  sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false });

/** Takes pixels back as one grey channel. */
export const toPixels = async (image: Sharp): Promise<Pixels> => {
  // Resizing and turning make three channels of one, unless the colour space is named again.
  const { data, info } = await image.toColourspace("b-w").raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
};
