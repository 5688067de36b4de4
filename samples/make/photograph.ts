import sharp, { type Sharp } from "sharp";
import { noise, seeded } from "./random.ts";

const MARGIN = 90;
const TABLE = [112, 78, 52] as const;
const PAPER = [236, 232, 222] as const;
const INK = [58, 56, 66] as const;
const SHADOW = { x: 14, y: 18, blur: 16, darkness: 0.55 };

/** How dark the grain of the table is at a place, around 1. */
const grain = (x: number, y: number): number =>
  1 + 0.05 * Math.sin(y / 9 + 2 * Math.sin(x / 260)) + 0.04 * Math.sin(y / 31 + x / 400);

const mix = (from: number, to: number, share: number): number => from + (to - from) * share;

/** What a telephone makes of a small paper on a table: a little tilted, with its shadow, lit by a lamp in one corner. */
export const photograph = async (page: Sharp, { tilt, seed }: { tilt: number; seed: number }): Promise<Sharp> => {
  const outside = { r: 0, g: 0, b: 0, alpha: 0 };
  const onTable = await page
    .toColourspace("srgb")
    .ensureAlpha()
    .png()
    .toBuffer()
    .then((flat) => sharp(flat).rotate(tilt, { background: outside }).png().toBuffer())
    .then((tilted) =>
      sharp(tilted)
        .extend({ top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN, background: outside })
        .png()
        .toBuffer(),
    );
  const ink = await sharp(onTable).blur(0.8).greyscale().raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = ink.info;
  const covered = await sharp(onTable).extractChannel("alpha").raw().toBuffer();
  const shade = await sharp(onTable).extractChannel("alpha").blur(SHADOW.blur).raw().toBuffer();

  const sensor = noise(seeded(seed));
  const pixels = Buffer.allocUnsafe(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const paper = (covered[at] ?? 0) / 255;
    const shadow = 1 - (SHADOW.darkness * (shade[at - SHADOW.x - SHADOW.y * width] ?? 0)) / 255;
    const light = 1.06 - 0.32 * Math.hypot(x / width - 0.2, y / height - 0.15);
    const grey = (ink.data[at * channels] ?? 0) / 255;
    const speck = sensor() * 4;
    for (const channel of [0, 1, 2] as const) {
      const table = TABLE[channel] * grain(x, y) * shadow;
      const colour = mix(table, mix(INK[channel], PAPER[channel], grey), paper) * light + speck;
      pixels[at * 3 + channel] = Math.min(255, Math.max(0, colour));
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
};
