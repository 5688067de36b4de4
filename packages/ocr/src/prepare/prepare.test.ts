import { beforeAll, describe, expect, it } from "vitest";
import type { GreyImage } from "../engines/engine.ts";
import { drawLines, encode } from "../fixtures/images.ts";
import { factsOf } from "./facts.ts";
import { fromPixels, toPixels } from "./pixels.ts";
import { prepare } from "./prepare.ts";
import type { StepName } from "./step.ts";

const LINES = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi", "La cigüeña tocaba el saxofón"];
const ALL: StepName[] = ["flatten", "invert", "denoise", "deskew", "downscale", "upscale"];

const resized = async (page: GreyImage, scale: number): Promise<GreyImage> => ({
  ...(await toPixels(
    fromPixels(page).resize(Math.round(page.width * scale), Math.round(page.height * scale), { fit: "fill" }),
  )),
  dpi: Math.round(page.dpi * scale),
});

const meanOf = ({ data }: Pick<GreyImage, "data">): number => data.reduce((sum, value) => sum + value, 0) / data.length;

const steps = (...wanted: StepName[]) => ({ rotation: 0, steps: wanted }) as const;

describe("preparing a page", () => {
  let page: GreyImage;
  beforeAll(async () => {
    page = await drawLines(LINES);
  });

  it("leaves one alone that needs nothing, and says so", async () => {
    const { image, steps: done, scale } = await prepare(page, steps("invert", "deskew", "upscale"));
    expect(image.data).toBe(page.data);
    expect([done, scale]).toEqual([[], 1]);
  });

  it("does nothing that is not wanted", async () => {
    const askew = { ...(await toPixels(fromPixels(page).rotate(3, { background: "white" }))), dpi: 300 };
    expect((await prepare(askew, steps())).image.data).toBe(askew.data);
  });

  it("tells the engine 300 dpi only of what declares so and has letters as high as that", async () => {
    const told = async (image: GreyImage) => (await prepare(image, steps("upscale"))).image.dpi;
    expect(await told(page)).toBe(300);
    expect(await told({ ...page, dpi: 72 })).toBe(150);
    expect(await told(await resized(page, 0.5))).toBe(150);
    expect(await told({ ...(await resized(page, 0.5)), dpi: 300 })).toBe(150);
    expect((await prepare(page, steps())).page.dpi).toBe(300);
  });

  it("brings tall letters down and small ones up for the engine, while the page keeps its size", async () => {
    for (const [factor, step] of [
      [2, "downscale"],
      [0.35, "upscale"],
    ] as const) {
      const given = await resized(page, factor);
      const { image, page: shown, scale, steps: done } = await prepare(given, steps("downscale", "upscale"));
      expect(done).toEqual([step]);
      expect(shown).toEqual({ width: given.width, height: given.height, dpi: given.dpi });
      expect(image.width).toBe(Math.round(given.width * scale));
      expect(image.data.length).toBe(image.width * image.height);
      const height = (await factsOf(image).letterHeight()) ?? 0;
      expect(height).toBeGreaterThan(17);
      expect(height).toBeLessThan(28);
    }
  });

  it("turns and levels the page itself: its size is that of the turned one", async () => {
    const leaning = await toPixels(fromPixels(page).rotate(3, { background: "white" }));
    const askew = { ...(await toPixels(fromPixels(leaning).rotate(90))), dpi: 300 };
    const {
      page: shown,
      image,
      rotation,
      skew,
      steps: done,
    } = await prepare(askew, { rotation: 90, steps: ["deskew"] });
    expect(done).toEqual(["rotate", "deskew"]);
    expect([rotation, Math.round(skew)]).toEqual([90, 3]);
    expect(shown).toEqual({ width: image.width, height: image.height, dpi: 300 });
    expect(shown.width).toBeGreaterThan(shown.height);
  });

  it("makes light text on a dark ground dark on light", async () => {
    const negative = { ...(await toPixels(fromPixels(page).negate())), dpi: 300 };
    const { image, steps: done } = await prepare(negative, steps("invert"));
    expect(done).toEqual(["invert"]);
    expect(image.data.equals(page.data)).toBe(true);
  });

  it("makes a paper even that is dark on one side", async () => {
    const data = Buffer.from(page.data.map((value, at) => value * (0.3 + (0.7 * (at % page.width)) / page.width)));
    const { image } = await prepare({ ...page, data }, steps("flatten"));
    const paper = [10, page.width - 10].map((column) => image.data[20 * page.width + column] ?? 0);
    for (const value of paper) expect(value).toBeGreaterThan(240);
    expect(Math.abs(meanOf(image) - meanOf(page))).toBeLessThan(8);
  });

  it("leaves white paper as it is", async () => {
    const { image, steps: done } = await prepare(page, steps("flatten"));
    expect(done).toEqual([]);
    expect(image.data).toBe(page.data);
  });

  it("takes single specks out when told so", async () => {
    const data = Buffer.from(page.data.map((value, at) => (at % 97 === 0 ? 0 : value)));
    const { image } = await prepare({ ...page, data }, steps("denoise"));
    expect(Math.abs(meanOf(image) - meanOf(page))).toBeLessThan(meanOf(page) - meanOf({ data }));
    expect(image.data[97]).toBe(255);
  });

  it.each<[name: string, width: number, height: number]>([
    ["a single pixel", 1, 1],
    ["a row of pixels", 3000, 1],
    ["a column of pixels", 1, 3000],
    ["a blank page", 400, 300],
  ])("survives %s", async (_, width, height) => {
    const image = { data: Buffer.alloc(width * height, 255), width, height, dpi: 300 };
    const prepared = await prepare(image, { rotation: 90, steps: ALL });
    expect(prepared.page).toMatchObject({ width: height, height: width });
  });

  it.each<[name: string, width: number, height: number]>([
    ["a strip of forty thousand rows", 100, 40_000],
    ["a row of two million pixels", 2_000_000, 1],
  ])("brings down %s, which no engine takes, told to or not, and says by how much", async (_, width, height) => {
    const image = { data: Buffer.alloc(width * height, 255), width, height, dpi: 300 };
    const prepared = await prepare(image, { rotation: 0, steps: [] });
    expect(prepared.page).toMatchObject({ width, height });
    expect(Math.max(prepared.image.width, prepared.image.height)).toBe(32_767);
    expect(prepared.image.data).toHaveLength(prepared.image.width * prepared.image.height);
    expect(prepared.scale).toBeCloseTo(32_767 / Math.max(width, height), 9);
  });

  it("gives pixels that can be encoded", async () => {
    const { image } = await prepare(await resized(page, 2), { rotation: 270, steps: ALL });
    expect((await encode(image).png().toBuffer()).length).toBeGreaterThan(0);
  });
});
