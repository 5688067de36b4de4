import { readFile } from "node:fs/promises";
import { degrees, PDFDocument, StandardFonts, TextRenderingMode } from "@cantoo/pdf-lib";
import { type Box, PageResult } from "@lectura/contracts";
import { provideDebianProgram, toolsDir } from "@lectura/local";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sample, startOcr } from "./fixtures/ocr.ts";
import { missing, resultWords, scaled, wordsOf } from "./fixtures/pdf-words.ts";

const say = (message: string): void => void process.stderr.write(`${message}\n`);
const poppler = async (program: string) =>
  provideDebianProgram({ program, package: "poppler-utils", toolsDir, log: { info: say, warn: say } });
const [pdftotext, pdfimages, pdftoppm, pdfinfo] = [
  await poppler("pdftotext"),
  await poppler("pdfimages"),
  await poppler("pdftoppm"),
  await poppler("pdfinfo"),
];

/** Pixels of the page's image by which poppler's words may lie beside ours. */
const TOLERANCE = 3;
const POINTS_PER_INCH = 72;

let outputs: Awaited<ReturnType<typeof startOcr>>;
/** What the letter says; recognised once for the tests that only look where it is laid. */
let letterPage: PageResult;
beforeAll(async () => {
  outputs = await startOcr(process.env);
  const turned = await sharp(sample("carta.png")).rotate(-0.6, { background: "white" }).png().toBuffer();
  level = await sharp(turned)
    .extract({ left: 100, top: 60, ...SIZE })
    .png()
    .toBuffer();
  const path = await outputs.write(await letter().png().toBuffer());
  letterPage = await outputs.ocr.recognize(path, 1, { languages: ["spa"], textLayer: "auto" });
});
afterAll(() => outputs.close());

/** Recognises a file and makes its PDF. */
const convert = async (content: Buffer | string, textLayer: "auto" | "ignore" = "auto") => {
  const path = await outputs.write(content);
  const pages = await outputs.recognize(path, textLayer);
  return { pages, pdf: await outputs.pdfOf(path, pages) };
};

/** Words of a result that poppler does not find in their place on a page of a PDF. */
const misplaced = async (page: PageResult | undefined, pdf: string, number = 1): Promise<string[]> => {
  if (!page || !pdftotext) return ["no page"];
  const found = (await wordsOf(pdftotext, pdf))[number - 1] ?? [];
  expect(resultWords(page).length).toBeGreaterThan(3);
  return missing(resultWords(page), scaled(found, page.dpi / POINTS_PER_INCH), TOLERANCE).slice(0, 5);
};

const textOf = async (pdf: string): Promise<string> => (await pdftotext?.([pdf, "-"])) ?? "";
const sizeOf = async (pdf: string): Promise<string | undefined> =>
  /Page size: +(.*)/.exec((await pdfinfo?.([pdf])) ?? "")?.[1];
/** What a page looks like, as pixels. */
const look = async (pdf: string, number = 1): Promise<Buffer> => {
  const target = outputs.newPath();
  await pdftoppm?.(["-r", "50", "-f", String(number), "-singlefile", "-png", pdf, target]);
  return sharp(`${target}.png`).raw().toBuffer();
};

/** A box of an upright page where it lies on the page as it was. */
const turnedBy = (angle: number, { width, height }: Pick<PageResult, "width" | "height">, box: Box): Box => {
  const [x0, y0, x1, y1] = box;
  if (angle === 90) return [height - y1, x0, height - y0, x1];
  if (angle === 180) return [width - x1, height - y1, width - x0, height - y0];
  return [y0, width - x1, y1, width - x0];
};

const SIZE = { width: 1400, height: 800 };
let level: Buffer;
/** The upper half of the letter, level: it lies askew a little as it is. */
const letter = () => sharp(level).withMetadata({ density: 200 });

describe.runIf(pdftotext)("of an image", () => {
  test("a JPEG lies in it as it is, the page is as large as the paper, and each word lies over its picture", async () => {
    const jpeg = await readFile(sample("recibo.jpg"));
    const { pages, pdf } = await convert(jpeg);
    const target = outputs.newPath();
    await pdfimages?.(["-all", pdf, target]);
    expect(await readFile(`${target}-000.jpg`)).toEqual(jpeg);
    const { width, height, density = 150 } = await sharp(jpeg).metadata();
    const [across = 0, down = 0] = ((await sizeOf(pdf)) ?? "").split(" x ").map(Number.parseFloat);
    expect(across).toBeCloseTo((width / density) * POINTS_PER_INCH, 0);
    expect(down).toBeCloseTo((height / density) * POINTS_PER_INCH, 0);
    expect(pages[0]?.error).toBeNull();
  });

  test("characters beyond ASCII survive, in poppler and in our own reader", async () => {
    const path = await outputs.write(await letter().png().toBuffer());
    const text = JSON.stringify(letterPage).replaceAll("FERRETERÍA", "¿Pingüino😀ñandú?");
    const pdf = await outputs.pdfOf(path, [PageResult.parse(JSON.parse(text))]);
    expect(await textOf(pdf)).toContain("¿Pingüino😀ñandú?");
    const read = await outputs.ocr.recognize(pdf, 1, { languages: ["spa"], textLayer: "only" });
    // PDFium gives characters beyond the first plane as two halves, and our reader drops these.
    const { text: whole } = PageResult.parse(JSON.parse(text.replaceAll("😀", "")));
    expect(read.text.split(/\s+/)).toEqual(whole.split(/\s+/));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "orientation %d of a camera is shown as the camera meant it",
    async (orientation) => {
      const jpeg = await letter().jpeg().withMetadata({ density: 200, orientation }).toBuffer();
      const upright = await sharp(jpeg).autoOrient().toBuffer({ resolveWithObject: true });
      const { width, height } = upright.info;
      const pdf = await outputs.pdfOf(await outputs.write(jpeg), [{ ...letterPage, width, height }]);
      const [shown, meant] = await Promise.all(
        [await rendered(pdf), upright.data].map((image) =>
          sharp(image).greyscale().resize(350, 350, { fit: "fill" }).raw().toBuffer(),
        ),
      );
      const difference =
        meant?.reduce((sum, value, index) => sum + Math.abs(value - (shown?.[index] ?? 0)), 0) ?? Infinity;
      expect(difference / 350 / 350).toBeLessThan(6);
      // Words that would lie beside a page of half the width are nowhere.
      if (orientation <= 4) expect(await misplaced(letterPage, pdf)).toEqual([]);
    },
  );

  test.each([3, -4])("words of a page that lies askew by %d degrees lie over the page as it is", async (angle) => {
    const askew = letter().rotate(angle, { background: "white" });
    const { data, info } = await askew.png().toBuffer({ resolveWithObject: true });
    const { pages, pdf } = await convert(data);
    const [page] = pages;
    if (!page || !pdftotext) return expect.unreachable();
    expect(Math.abs(page.skew - angle)).toBeLessThanOrEqual(0.3);
    const turn = (page.skew * Math.PI) / 180;
    const back = ([x0, y0, x1, y1]: Box): Box => {
      const corners = [
        [x0, y0],
        [x1, y0],
        [x0, y1],
        [x1, y1],
      ].map(([x = 0, y = 0]) => {
        const [dx, dy] = [x - page.width / 2, y - page.height / 2];
        return {
          x: dx * Math.cos(turn) - dy * Math.sin(turn) + info.width / 2,
          y: dx * Math.sin(turn) + dy * Math.cos(turn) + info.height / 2,
        };
      });
      const [x, y] = [corners.map((corner) => corner.x), corners.map((corner) => corner.y)];
      return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
    };
    const expected = resultWords(page).map(({ text, box }) => ({ text, box: back(box) }));
    const [found = []] = await wordsOf(pdftotext, pdf);
    expect(missing(expected, scaled(found, page.dpi / POINTS_PER_INCH), TOLERANCE).slice(0, 5)).toEqual([]);
  });

  test.each([90, 180, 270])(
    "words of a page that lies turned by %d degrees lie over the page as it is",
    async (angle) => {
      const { pages, pdf } = await convert(await letter().rotate(angle).png().toBuffer());
      const [page] = pages;
      if (!page || !pdftotext) return expect.unreachable();
      expect(page.rotation).toBe(angle);
      const expected = resultWords(page).map(({ text, box }) => ({ text, box: turnedBy(angle, page, box) }));
      const [found = []] = await wordsOf(pdftotext, pdf);
      expect(missing(expected, scaled(found, page.dpi / POINTS_PER_INCH), TOLERANCE).slice(0, 5)).toEqual([]);
    },
  );

  test.each([
    ["down", 2, "downscale"],
    ["up", 0.5, "upscale"],
  ] as const)(
    "words of a page that was scaled %s for the engine lie over the page as it is",
    async (_, factor, step) => {
      const image = await letter()
        .resize(SIZE.width * factor)
        .withMetadata({ density: 200 * factor })
        .png()
        .toBuffer();
      const { pages, pdf } = await convert(image);
      const [page] = pages;
      expect(page?.attempts.find(({ chosen }) => chosen)?.preprocess).toContain(step);
      expect(page?.width).toBe(SIZE.width * factor);
      expect(await misplaced(page, pdf)).toEqual([]);
    },
  );

  test("every page of a TIFF is one of its own, also the one that could not be read", async () => {
    const { data, info } = await letter().greyscale().raw().toBuffer({ resolveWithObject: true });
    const tiff = await sharp(Buffer.concat([data, data]), {
      raw: { width: info.width, height: 2 * info.height, channels: 1, pageHeight: info.height },
    })
      .withMetadata({ density: 200 })
      .tiff({ compression: "lzw" })
      .toBuffer();
    const path = await outputs.write(tiff);
    const error = { code: "page-timeout", title: "", detail: "", retryable: false } as const;
    const failed = { ...letterPage, width: 0, height: 0, dpi: 0, blocks: [], error };
    const second = { ...letterPage, number: 2 };
    const pdf = await outputs.pdfOf(path, [failed, second]);
    expect(
      (await textOf(pdf))
        .split("\f")
        .slice(0, 2)
        .map((text) => text.length > 0),
    ).toEqual([false, true]);
    expect(await misplaced(second, pdf, 2)).toEqual([]);
    const target = outputs.newPath();
    await pdfimages?.(["-png", pdf, target]);
    expect(await readFile(`${target}-000.png`)).toEqual(await readFile(`${target}-001.png`));
  });
});

/** A page of a PDF as an image again. */
const rendered = async (pdf: string): Promise<string> => {
  const target = outputs.newPath();
  await pdftoppm?.(["-r", "200", "-singlefile", "-png", pdf, target]);
  return `${target}.png`;
};

const PAPER: [number, number] = [(SIZE.width / 200) * POINTS_PER_INCH, (SIZE.height / 200) * POINTS_PER_INCH];

/** A scanned letter, a page of text; and what a page may say of itself. */
const makePdf = async (change: (pdf: PDFDocument) => void = () => {}, hidden?: string): Promise<Buffer> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  const scan = await pdf.embedJpg(await letter().jpeg({ quality: 90 }).toBuffer());
  const scanned = pdf.addPage(PAPER);
  scanned.drawImage(scan, { x: 0, y: 0, width: PAPER[0], height: PAPER[1] });
  if (hidden) scanned.drawText(hidden, { x: 80, y: 200, font, renderMode: TextRenderingMode.Invisible });
  const written = pdf.addPage(PAPER);
  written.drawText("Esta hoja tiene su propio texto, que es bueno.", { x: 80, y: 200, size: 14, font });
  change(pdf);
  return Buffer.from(await pdf.save());
};

const CROP: [number, number, number, number] = [30, 15, 468, 252];

describe.runIf(pdftotext)("of a PDF", () => {
  test("pages look as they did; only those that were recognised get words, each in its place", async () => {
    const original = await makePdf();
    const { pages, pdf } = await convert(original);
    expect(pages.map(({ source }) => source)).toEqual(["ocr", "text-layer"]);
    expect(await misplaced(pages[0], pdf)).toEqual([]);
    expect((await textOf(pdf)).split("\f")[1]).toBe("Esta hoja tiene su propio texto, que es bueno.\n\n");
    const before = await outputs.write(original);
    for (const page of [1, 2]) expect((await look(pdf, page)).equals(await look(before, page))).toBe(true);
    const target = outputs.newPath();
    await pdfimages?.(["-all", pdf, target]);
    expect(await readFile(`${target}-000.jpg`)).toEqual(await letter().jpeg({ quality: 90 }).toBuffer());
  });

  test.each([90, 180, 270])("words follow a page that is turned by %d degrees and cut", async (angle) => {
    const sideways = await makePdf((pdf) => {
      const page = pdf.getPage(0);
      page.setRotation(degrees(angle));
      page.setMediaBox(-20, -30, 640, 400);
      page.setCropBox(...CROP);
    });
    const path = await outputs.write(sideways);
    // As if it had been read upright: the scan at the size of what is cut out of it.
    const page = { ...letterPage, width: (CROP[2] / POINTS_PER_INCH) * 200, height: (CROP[3] / POINTS_PER_INCH) * 200 };
    const rotation = ([90, 180, 270] as const).find((each) => each === angle);
    if (!rotation || !pdftotext) return expect.unreachable();
    const pdf = await outputs.pdfOf(path, [{ ...page, rotation }]);
    const expected = resultWords(page)
      .filter(({ box }) => box[2] < page.width && box[3] < page.height)
      .map(({ text, box }) => ({ text, box: turnedBy(rotation, page, box) }));
    const [found = []] = await wordsOf(pdftotext, pdf);
    expect(missing(expected, scaled(found, page.dpi / POINTS_PER_INCH), TOLERANCE).slice(0, 5)).toEqual([]);
    expect((await look(pdf)).equals(await look(path))).toBe(true);
  });

  test("the invisible text of an earlier run gives way, so that no word is there twice", async () => {
    const { pages, pdf } = await convert(await makePdf(() => {}, "FERRETERIA EI YARUM0"));
    expect(await textOf(pdf)).not.toContain("YARUM0");
    expect(await misplaced(pages[0], pdf)).toEqual([]);
    const again = await outputs.pdfOf(pdf, await outputs.recognize(pdf, "ignore"));
    expect((await textOf(again)).match(/FERRETERÍA/g)).toHaveLength(1);
  });

  test("a PDF that is encrypted without a password to open it gets its text, too", async () => {
    const { pages, pdf } = await convert(
      await makePdf((each) => each.encrypt({ ownerPassword: "suyo", userPassword: "" })),
    );
    expect(await misplaced(pages[0], pdf)).toEqual([]);
  });

  test("a PDF without a page to recognise is the same PDF, page by page", async () => {
    const path = sample("informe.pdf");
    const pages = (await outputs.recognize(path)).filter(({ source }) => source === "text-layer");
    const pdf = await outputs.pdfOf(path, pages);
    expect(await textOf(pdf)).toBe(await textOf(path));
  });
});
