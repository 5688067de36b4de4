import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { GreyImage } from "../engines/engine.ts";
import { drawLines } from "../fixtures/images.ts";
import { deskew, findSkew } from "./deskew.ts";
import { factsOf } from "./facts.ts";

const LINES = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi", "La cigüeña tocaba el saxofón"];

/** A page turned clockwise, as a hand lays it on the glass. */
const turn = async (page: GreyImage, clockwise: number): Promise<GreyImage> => {
  const { data, info } = await sharp(page.data, { raw: { width: page.width, height: page.height, channels: 1 } })
    .rotate(clockwise, { background: "white" })
    .toColourspace("b-w")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, dpi: page.dpi };
};

const straighten = (page: GreyImage) => deskew.apply(page, factsOf(page));

/** What deskewing makes of a page that needs it. */
const levelled = async (page: GreyImage) => {
  const change = await straighten(page);
  if (!change) throw new Error("The page was taken for level.");
  return { image: change.image, skew: change.skew ?? 0 };
};

const blank = (width: number, height: number): GreyImage => ({
  data: Buffer.alloc(width * height, 255),
  width,
  height,
  dpi: 300,
});

/** Pixels by a fixed rule, like sand: they have a best angle too, by chance. */
const noise = (width: number, height: number): GreyImage => {
  const image = blank(width, height);
  let state = 1;
  image.data.forEach((_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    image.data[index] = state >>> 24;
  });
  return image;
};

describe("deskewing", () => {
  let page: GreyImage;
  beforeAll(async () => {
    page = await drawLines(LINES);
  });

  it.each([7.5, 3, 0.6, -0.6, -3, -7.5])("finds lines that are turned clockwise by %d degrees", async (degrees) => {
    const skew = await findSkew(await turn(page, degrees));
    expect(Math.abs(skew - degrees)).toBeLessThanOrEqual(0.2);
  });

  it.each([4, -4])("levels lines turned by %d degrees: one grey channel, the same resolution", async (degrees) => {
    const turned = await turn(page, degrees);
    const { image, skew } = await levelled(turned);
    expect(Math.sign(skew)).toBe(Math.sign(degrees));
    expect(image.data.length).toBe(image.width * image.height);
    expect(image.width).toBeGreaterThan(turned.width);
    expect(image.dpi).toBe(page.dpi);
    expect(await findSkew(image)).toBe(0);
  });

  it("lays the page on white paper", async () => {
    const { image } = await levelled(await turn(page, 4));
    const corners = [0, image.width - 1, image.data.length - image.width, image.data.length - 1];
    expect(corners.map((at) => image.data[at])).toEqual([255, 255, 255, 255]);
  });

  it("hands a level page on untouched", async () => {
    expect(await straighten(page)).toBeUndefined();
  });

  it("leaves alone what engines read as well", async () => {
    expect(await findSkew(await turn(page, 0.15))).toBe(0);
  });

  it.each<[name: string, image: GreyImage]>([
    ["a blank page", blank(800, 600)],
    ["noise", noise(800, 600)],
    ["a single pixel", blank(1, 1)],
    ["a row of pixels", noise(5000, 1)],
    ["a column of pixels", noise(1, 5000)],
  ])("does not turn %s", async (_, image) => {
    expect(await straighten(image)).toBeUndefined();
  });

  it("does not turn a single line, whose ascenders alone would have it askew", async () => {
    const line = await drawLines([LINES[0] ?? ""]);
    expect(await straighten(line)).toBeUndefined();
  });

  it("does not turn a strip whose canvas would be many times its size", async () => {
    const turned = await turn(await drawLines([LINES.join(" ")]), 5);
    const pages = Array.from({ length: 30 }, () => turned.data);
    const strip = { ...turned, data: Buffer.concat(pages), height: turned.height * pages.length };
    expect(await findSkew(strip)).not.toBe(0);
    expect(await straighten(strip)).toBeUndefined();
  });
});
