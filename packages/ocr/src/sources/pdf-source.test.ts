import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOcr, type Ocr } from "../create-ocr.ts";
import type { GreyImage } from "../engines/engine.ts";
import { createFiles } from "../fixtures/files.ts";
import { drawLines, encode } from "../fixtures/images.ts";
import {
  makeAnnotatedPdf,
  makeCoveredPdf,
  makeCroppedPdf,
  makeFormPdf,
  makeMixedPdf,
  makeShiftedPdf,
  makeStripsPdf,
} from "../fixtures/odd-pdfs.ts";
import { createPdfOpener } from "./pdf-source.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;
const LINES = [
  "Todos los seres humanos nacen libres",
  "e iguales en dignidad y derechos y",
  "dotados como son de conciencia",
];
const TEXT = `${LINES.join("\n")}\n`;
const SCANNED = "Una hoja escaneada";

let ocr: Ocr;
let files: Awaited<ReturnType<typeof createFiles>>;
let scan: GreyImage;

beforeAll(async () => {
  files = await createFiles();
  scan = await drawLines([SCANNED]);
  ocr = await createOcr({
    engine: "auto",
    slots: 1,
    ...(library && { library }),
    ...(tessdata && { tessdata }),
    limits: { pagePixels: 10_000_000, pageSeconds: 60 },
  });
});
afterAll(async () => {
  await ocr.close();
  await files.dispose();
});

const recognize = async (pdf: Buffer, textLayer: "auto" | "ignore" = "auto") =>
  ocr.recognize(await files.write(pdf), 1, { languages: ["spa"], textLayer });
const toGrey = async (image: Sharp): Promise<GreyImage> => {
  const { data, info } = await sharp(await image.png().toBuffer())
    .toColourspace("b-w")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, dpi: info.width / 4 };
};
const reduced = (width: number) => toGrey(encode(scan).resize({ width }));
const png = (image: GreyImage) => encode(image).png().toBuffer();

describe("a broken text layer gives way to recognition", () => {
  it("when its letters stand for others than they show", async () => {
    const page = await recognize(await makeShiftedPdf(LINES, 3));
    expect(page).toMatchObject({
      source: "ocr",
      text: TEXT,
      attempts: [{ reason: expect.stringContaining("wrong character codes") }],
    });
  });

  it("when it lies below a scan", async () => {
    const hidden = Array.from({ length: 6 }, () => "letras que nadie ve porque una imagen las tapa");
    const page = await recognize(await makeCoveredPdf(await png(scan), hidden));
    expect(page).toMatchObject({
      source: "ocr",
      text: `${SCANNED}\n`,
      attempts: [{ reason: expect.stringContaining("invisible or covered") }],
    });
  });
});

describe("a page of text and pictures", () => {
  it("is its own text with that of its pictures, in their place", async () => {
    const picture = await toGrey(encode(scan).extract({ left: 0, top: 0, width: 1200, height: 300 }));
    const page = await recognize(await makeMixedPdf(LINES, await png(picture)));
    expect(page).toMatchObject({ source: "text-layer", width: 600, height: 300 });
    expect(page.text).toBe(`${TEXT}\n${SCANNED}\n`);
    expect(page.attempts[0]?.reason).toContain("The text of a picture is recognised and added.");
    // The picture begins in the middle of the page, an inch down, and its text 0.36 inches further.
    const [x0 = 0, y0 = 0] = page.blocks.at(-1)?.bbox ?? [];
    expect([x0, y0].map(Math.round)).toEqual([expect.closeTo(36, -1), expect.closeTo(204, -1)]);
  });

  it("is its own text alone when its pictures show none", async () => {
    const grey = { width: 1200, height: 300, channels: 3 as const, background: "#8899aa" };
    const page = await recognize(await makeMixedPdf(LINES, await sharp({ create: grey }).png().toBuffer()));
    expect(page.text).toBe(TEXT);
    expect(page.attempts[0]?.reason).not.toContain("picture");
  });
});

describe("a scan", () => {
  const open = createPdfOpener({ pagePixels: 10_000_000 });
  const imageOf = async (pdf: Buffer): Promise<GreyImage> => {
    const source = await open(await files.write(pdf));
    try {
      return await source.image(1);
    } finally {
      source.close();
    }
  };
  it.each([100, 200, 300])("of %d dpi is recognised in its own pixels, to the last of them", async (dpi) => {
    const picture = await reduced(4 * dpi);
    const { data, ...size } = await imageOf(await makeStripsPdf([await png(picture)]));
    expect(size).toEqual({ width: 4 * dpi, height: 2 * dpi, dpi });
    expect(data.equals(picture.data)).toBe(true);
  });

  it("is one also when it was cut into strips", async () => {
    const picture = await reduced(800);
    const strips = await Promise.all(
      [0, 1, 2, 3].map((index) =>
        png({ ...picture, height: 100, data: picture.data.subarray(80_000 * index, 80_000 * (index + 1)) }),
      ),
    );
    const { data, ...size } = await imageOf(await makeStripsPdf(strips));
    expect(size).toEqual({ width: 800, height: 400, dpi: 200 });
    expect(data.equals(picture.data)).toBe(true);
  });

  it("is turned as the page says, in its own resolution", async () => {
    const onItsSide = await sharp(await png(scan))
      .rotate(270)
      .resize({ width: 1200, height: 600, fit: "fill" })
      .png()
      .toBuffer();
    expect(await imageOf(await makeStripsPdf([onItsSide], 90))).toMatchObject({ width: 600, height: 1200, dpi: 300 });
  });
});

describe("a page is read as a viewer shows it", () => {
  it.each(["auto", "ignore"] as const)("within its crop box (text layer: %s)", async (textLayer) => {
    const page = await recognize(await makeCroppedPdf("Lo que se ve en la hoja", "Lo que no se ve"), textLayer);
    expect(page.text).toBe("Lo que se ve en la hoja\n");
    expect(page.width / page.height).toBe(4);
  });

  it.each([
    ["its own", "auto"],
    ["its own", "ignore"],
    ["left to the viewer", "auto"],
    ["left to the viewer", "ignore"],
  ] as const)("with what is filled into a form, its appearance %s (text layer: %s)", async (appearance, textLayer) => {
    const pdf = await makeFormPdf("Nombre y apellido de quien firma", "Ana Gonzalez", appearance);
    const page = await recognize(pdf, textLayer);
    expect(page.source).toBe(textLayer === "auto" ? "text-layer" : "ocr");
    expect(page.text.replaceAll(/\s+/g, " ").trim()).toBe("Nombre y apellido de quien firma Ana Gonzalez");
  });

  it.each(["auto", "ignore"] as const)("with the notes that are shown (text layer: %s)", async (textLayer) => {
    const pdf = await makeAnnotatedPdf("Acta de la sesion ordinaria", "Aprobado por el comite", "Nota secreta");
    const page = await recognize(pdf, textLayer);
    expect(page.text.replaceAll(/\s+/g, " ").trim()).toBe("Acta de la sesion ordinaria Aprobado por el comite");
  });
});
