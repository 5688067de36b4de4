import { readFile } from "node:fs/promises";
import { PDFDocument } from "@cantoo/pdf-lib";
import { PageResult } from "@lectura/contracts";
import { provideDebianProgram, toolsDir } from "@lectura/local";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openInChromium } from "./fixtures/chromium.ts";
import { sample, startOcr } from "./fixtures/ocr.ts";

const say = (message: string): void => void process.stderr.write(`${message}\n`);
const chromium = await provideDebianProgram({
  program: "chromium",
  package: "chromium",
  path: "usr/lib/chromium/chromium",
  toolsDir,
  log: { info: say, warn: say },
});

const SPANISH = "¿Pingüino ñandú, después?";
const SIZE = { width: 1400, height: 800 };

let outputs: Awaited<ReturnType<typeof startOcr>>;
/** The upper half of the letter. */
let letter: Buffer;
let letterPage: PageResult;
beforeAll(async () => {
  outputs = await startOcr(process.env);
  letter = await sharp(sample("carta.png"))
    .extract({ left: 100, top: 60, ...SIZE })
    .withMetadata({ density: 200 })
    .jpeg({ quality: 90 })
    .toBuffer();
  const [read] = await outputs.recognize(await outputs.write(letter));
  const text = JSON.stringify(read);
  expect(text).toContain("FERRETERÍA");
  letterPage = PageResult.parse(JSON.parse(text.replaceAll("FERRETERÍA", SPANISH)));
});
afterAll(() => outputs.close());

const scannedPdf = async (): Promise<Buffer> => {
  const pdf = await PDFDocument.create();
  const paper: [number, number] = [(SIZE.width / 200) * 72, (SIZE.height / 200) * 72];
  pdf.addPage(paper).drawImage(await pdf.embedJpg(letter), { x: 0, y: 0, width: paper[0], height: paper[1] });
  return Buffer.from(await pdf.save());
};

const open = async (pdf: string, select: boolean) => {
  if (!chromium) throw new Error("There is no Chromium.");
  const target = `${outputs.newPath()}.png`;
  return { target, ...(await openInChromium(chromium, pdf, { select, target })) };
};

/** A picture at a size at which letters become grey. */
const blurred = (image: Buffer): Promise<Buffer> =>
  sharp(image).greyscale().resize(350, 200, { fit: "fill" }).raw().toBuffer();
/** Mean difference of two pictures, in grey levels. */
const difference = async (one: Buffer, other: Buffer): Promise<number> => {
  const [shown, meant] = [await blurred(one), await blurred(other)];
  return meant.reduce((sum, value, at) => sum + Math.abs(value - (shown[at] ?? 0)), 0) / meant.length;
};

describe.runIf(chromium)("in Chromium", () => {
  test.each<[string, () => Promise<Buffer>]>([
    ["an image", async () => letter],
    ["a PDF", scannedPdf],
  ])("the searchable PDF of %s looks as it should, and all its words can be selected", async (_, make) => {
    const pdf = await outputs.pdfOf(await outputs.write(await make()), [letterPage]);
    const { state, text } = await open(pdf, true);
    expect(state).toBe("success");
    const words = letterPage.blocks.flatMap(({ lines }) =>
      lines.flatMap((line) => line.words.map((word) => word.text)),
    );
    expect(text).toContain(SPANISH);
    expect(text.split(/\s+/).toSorted()).toEqual(words.join(" ").split(/\s+/).toSorted());

    const { target } = await open(pdf, false);
    // Without the viewer's background and the shadow of the page.
    const shown = await sharp(target).trim({ threshold: 100 }).toBuffer();
    expect(await difference(shown, letter)).toBeLessThan(4);
    // So that it says something.
    expect(await difference(shown, await sharp(letter).flop().toBuffer())).toBeGreaterThan(8);
  });

  test("a PDF that is cut short is not shown", async () => {
    const pdf = await readFile(await outputs.pdfOf(await outputs.write(letter), [letterPage]));
    const cut = await outputs.write(pdf.subarray(0, pdf.length / 2));
    expect(await open(cut, true)).toMatchObject({ state: "failed", text: "" });
  });
});
