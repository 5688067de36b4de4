import type { Box, PageResult } from "@lectura/contracts";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOcr, type Ocr } from "../create-ocr.ts";
import { createFiles } from "../fixtures/files.ts";
import { drawLines, encode } from "../fixtures/images.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;
const LINES = [
  "El veloz murciélago hindú",
  "comía feliz cardillo y kiwi",
  "La cigüeña tocaba el saxofón",
  "Y nada más",
];

let ocr: Ocr;
let files: Awaited<ReturnType<typeof createFiles>>;
let drawn: Buffer;
beforeAll(async () => {
  files = await createFiles();
  ocr = await createOcr({
    engine: "auto",
    slots: 1,
    ...(library && { library }),
    ...(tessdata && { tessdata }),
    limits: { pagePixels: 30_000_000, pageSeconds: 60 },
  });
  drawn = await encode(await drawLines(LINES))
    .png()
    .toBuffer();
});
afterAll(async () => {
  await ocr.close();
  await files.dispose();
});

const wordsOf = ({ blocks }: PageResult) => blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words));

const ALMOST_ALL = 0.97;
/** Pixels by which a letter's edge may lie beyond its word's box. */
const MARGIN = 2;

/** Share of an image's ink that lies within boxes, which count in pixels of a page of this width. */
const inkWithin = async (image: Sharp, pageWidth: number, boxes: Box[]): Promise<number> => {
  const { data, info } = await image.greyscale().raw().toBuffer({ resolveWithObject: true });
  const isDark = data.reduce((sum, value) => sum + value, 0) / data.length < 128;
  const scale = info.width / pageWidth;
  const scaled = boxes.map((box) => box.map((value) => value * scale));
  let [all, within] = [0, 0];
  for (const [at, value] of data.entries()) {
    if (isDark ? value < 128 : value >= 128) continue;
    const [x, y] = [at % info.width, Math.floor(at / info.width)];
    all += 1;
    const isIn = ([x0 = 0, y0 = 0, x1 = 0, y1 = 0]: number[]) =>
      x >= x0 - MARGIN && x < x1 + MARGIN && y >= y0 - MARGIN && y < y1 + MARGIN;
    if (scaled.some(isIn)) within += 1;
  }
  return within / all;
};

const turned = async (degrees: number) => sharp(drawn).rotate(degrees, { background: "white" }).png().toBuffer();
const resized = async (factor: number) =>
  sharp(drawn)
    .resize(Math.round(1200 * factor), Math.round(600 * factor))
    .withMetadata({ density: Math.round(300 * factor) })
    .png()
    .toBuffer();
const dark = async () =>
  sharp(await turned(90))
    .negate()
    .png()
    .toBuffer();
const noted = async () => sharp(drawn).jpeg().withMetadata({ density: 300, orientation: 6 }).toBuffer();

describe("a page that was", () => {
  it.each<[string, () => Promise<Buffer>, Partial<PageResult>, string[]]>([
    ["turned", () => turned(90), { rotation: 90 }, ["rotate"]],
    ["on its head", () => turned(180), { rotation: 180 }, ["rotate"]],
    ["levelled", () => turned(4), { rotation: 0, skew: 4 }, ["deskew"]],
    ["turned and levelled", () => turned(93), { rotation: 90, skew: 3 }, ["rotate", "deskew"]],
    ["scaled down for the engine", () => resized(2.5), { width: 3000, height: 1500 }, ["downscale"]],
    ["scaled up for the engine", () => resized(0.4), { width: 480, height: 240 }, ["upscale"]],
    ["turned and inverted", dark, { rotation: 90 }, ["rotate", "invert"]],
    ["turned by a camera's note", noted, { rotation: 90 }, ["rotate"]],
  ])("%s is drawn as its boxes fit it", async (_, make, expected, steps) => {
    const path = await files.write(await make());
    const page = await ocr.recognize(path, 1, { languages: ["spa"], textLayer: "auto" });
    expect(page).toMatchObject({ ...expected, ...(expected.skew && { skew: expect.closeTo(expected.skew, 0) }) });
    expect(page.attempts.find(({ chosen }) => chosen)?.preprocess).toEqual(expect.arrayContaining(steps));
    expect(page.text).toContain(LINES[1]);

    const image = await files.write("");
    await ocr.writePageImage(path, page, image);
    const { width, height } = await sharp(image).metadata();
    expect([width, height]).toEqual([page.width, page.height]);
    const boxes = wordsOf(page).map(({ bbox }) => bbox);
    expect(await inkWithin(sharp(image), page.width, boxes)).toBeGreaterThan(ALMOST_ALL);
    // So that it says something: a little beside them there is less of it.
    const beside = boxes.map(([x0, y0, x1, y1]): Box => [x0, y0 + page.height / 20, x1, y1 + page.height / 20]);
    expect(await inkWithin(sharp(image), page.width, beside)).toBeLessThan(ALMOST_ALL);
  });
});
