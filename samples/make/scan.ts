import sharp, { type Sharp } from "sharp";
import { noise, seeded } from "./random.ts";

const PAPER = 238;
const INK = 38;
const DUST = 90;
/** Four bits a pixel, as office scanners give: noise that costs few bytes. */
const LEVELS = 15;

/** Turned clockwise by some degrees about its middle, in a frame of the same size. */
const turn = async (page: Sharp, degrees: number) => {
  const { info } = await page.clone().raw().toBuffer({ resolveWithObject: true });
  const turned = await page
    .clone()
    .rotate(degrees, { background: "white" })
    .png()
    .toBuffer({ resolveWithObject: true });
  const left = Math.floor((turned.info.width - info.width) / 2);
  const top = Math.floor((turned.info.height - info.height) / 2);
  return sharp(turned.data).extract({ left, top, width: info.width, height: info.height });
};

/** What a flatbed scanner makes of a page: laid on a little askew, greyish paper, one darker edge, soft letters, dust. */
export const scan = async (page: Sharp, { skew, seed }: { skew: number; seed: number }): Promise<Sharp> => {
  const soft = (await turn(page, skew)).blur(0.6).greyscale();
  const { data, info } = await soft.raw().toBuffer({ resolveWithObject: true });

  const random = seeded(seed);
  const sensor = noise(random);
  const dust = new Set(Array.from({ length: 25 }, () => Math.floor(random() * data.length)));
  const pixels = data.map((value, at) => {
    const dusty = dust.has(at) || dust.has(at - 1) || dust.has(at - info.width);
    // The lid does not close well on the right side.
    const shade = 1 - 0.16 * ((at % info.width) / info.width) ** 8;
    const light = (INK + ((dusty ? DUST : value) / 255) * (PAPER - INK)) * shade + sensor() * 3.7;
    return Math.round((Math.min(255, Math.max(0, light)) / 255) * LEVELS) * (255 / LEVELS);
  });
  return sharp(pixels, { raw: { width: info.width, height: info.height, channels: 1 } }).toColourspace("b-w");
};
