import { PageResult } from "@lectura/contracts";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOcr, type Ocr } from "./create-ocr.ts";
import { drawOnDarkPaper } from "./fixtures/dark-page.ts";
import { createFiles } from "./fixtures/files.ts";
import { drawLines, encode, makeTiff } from "./fixtures/images.ts";
import { makePdf } from "./fixtures/pdf.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata, LECTURA_PPOCR: ppocr } = process.env;
const LINES = ["El veloz murciélago hindú", "comía feliz cardillo y kiwi"];
const TEXT = `${LINES.join("\n")}\n`;
const PIXELS = 10_000_000;
const drawn = () => drawLines(LINES).then(encode);
const wordsOf = ({ blocks }: PageResult) => blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words));

describe("createOcr", () => {
  let ocr: Ocr;
  let files: Awaited<ReturnType<typeof createFiles>>;
  const recognize = (path: string, page = 1, textLayer: "auto" | "ignore" | "only" = "auto") =>
    ocr.recognize(path, page, { languages: ["spa", "eng"], textLayer });

  beforeAll(async () => {
    files = await createFiles();
    ocr = await createOcr({
      engine: "auto",
      slots: 1,
      ...(library && { library }),
      ...(tessdata && { tessdata }),
      limits: { pagePixels: PIXELS, pageSeconds: 60 },
    });
  });
  afterAll(async () => {
    await ocr.close();
    await files.dispose();
  });

  it("names its engine and models", () => {
    expect(ocr.info.engine).toBe(library ? "tesseract" : "tesseract.js");
    expect(ocr.info.models.map(({ language }) => language)).toEqual(expect.arrayContaining(["eng", "spa"]));
    for (const { sha256 } of ocr.info.models) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  describe("reading images", () => {
    it.each([
      ["image/png", () => drawn().then((image) => image.png())],
      ["image/jpeg", () => drawn().then((image) => image.jpeg())],
      ["image/webp", () => drawn().then((image) => image.webp())],
      ["image/tiff", () => drawn().then((image) => image.tiff())],
    ] as const)("%s gives its text", async (mediaType, image) => {
      const path = await files.write(await (await image()).toBuffer());
      expect(await ocr.inspect(path)).toEqual({ mediaType, pages: 1 });
      const page = await recognize(path);
      expect(PageResult.parse(page)).toEqual(page);
      expect(page).toMatchObject({ number: 1, width: 1200, height: 600, source: "ocr", text: TEXT, error: null });
    });

    it("each page of a TIFF gives its own text", async () => {
      const pages = await Promise.all(
        ["La primera hoja", "La segunda hoja", "La tercera hoja"].map((line) => drawLines([line])),
      );
      const path = await files.write(await makeTiff(pages));
      expect(await ocr.inspect(path)).toEqual({ mediaType: "image/tiff", pages: 3 });
      expect((await recognize(path, 3)).text).toBe("La tercera hoja\n");
      expect((await recognize(path, 1)).text).toBe("La primera hoja\n");
      expect((await recognize(path, 2)).text).toBe("La segunda hoja\n");
    });

    it("a page that does not exist is refused", async () => {
      const path = await files.write(await (await drawn()).png().toBuffer());
      await expect(recognize(path, 2)).rejects.toMatchObject({ code: "undecodable-file" });
    });

    it("the orientation that a camera notes is applied", async () => {
      const path = await files.write(
        await (await drawn()).rotate(90).withMetadata({ orientation: 8 }).jpeg().toBuffer(),
      );
      expect(await recognize(path)).toMatchObject({ width: 1200, height: 600, text: TEXT });
    });

    it.each([4, -4])("a page that lies askew by %d degrees is read level, and says so", async (degrees) => {
      const askew = (await drawn()).rotate(degrees, { background: "white" });
      const page = await recognize(await files.write(await askew.png().toBuffer()));
      expect(page.text).toBe(TEXT);
      expect(Math.abs(page.skew - degrees)).toBeLessThanOrEqual(0.2);
      expect(page.timings).toHaveProperty("prepare");
      // The boxes are those of the level image, which holds all of the turned page.
      for (const { bbox } of page.blocks.flatMap(({ lines }) => lines)) {
        expect(bbox[3] - bbox[1]).toBeLessThan(100);
        expect(bbox[2]).toBeLessThanOrEqual(page.width);
      }
    });

    it.each([90, 180, 270] as const)(
      "a page that lies turned by %d degrees is read upright, and says so",
      async (degrees) => {
        const lines = [...LINES, "y nadie vino a la fiesta"];
        const image = encode(await drawLines(lines));
        const page = await recognize(await files.write(await image.rotate(degrees).png().toBuffer()));
        expect(page).toMatchObject({ rotation: degrees, width: 1200, height: 600, text: `${lines.join("\n")}\n` });
        expect(page.attempts).toMatchObject([{ chosen: false }, { chosen: true, preprocess: ["rotate", "downscale"] }]);
        for (const { bbox, text } of wordsOf(page).filter(({ text }) => text.length > 3)) {
          expect(bbox[2] - bbox[0], text).toBeGreaterThan(bbox[3] - bbox[1]);
        }
      },
    );

    it("dark grey paper with a white rim is made even at a second try", async () => {
      const scan = await encode(await drawOnDarkPaper(LINES))
        .png()
        .toBuffer();
      const page = await recognize(await files.write(scan));
      expect(page.text).toBe(TEXT);
      expect(page.attempts).toMatchObject([{ chosen: false }, { chosen: true, preprocess: ["flatten", "downscale"] }]);
    });

    it.each([
      ["none", [], [0, 0]],
      [["denoise"], ["denoise"], [0, 0]],
      [
        ["rotate", "deskew"],
        ["rotate", "deskew"],
        [90, 3],
      ],
    ] as const)(
      "with the preparation %j a page is read once, and only that is done to it",
      async (preprocess, done, turned) => {
        const askew = await (await drawn()).rotate(3, { background: "white" }).png().toBuffer();
        const page = await ocr.recognize(await files.write(await sharp(askew).rotate(90).png().toBuffer()), 1, {
          languages: ["spa"],
          textLayer: "auto",
          preprocess: typeof preprocess === "string" ? preprocess : [...preprocess],
        });
        expect(page.attempts).toMatchObject([
          { preprocess: done, chosen: true, reason: "An image has no text layer." },
        ]);
        expect([page.rotation, Math.round(page.skew)]).toEqual(turned);
      },
    );

    it("letters of any height are read, with boxes in the pixels of the page as it is", async () => {
      const image = await drawn();
      for (const width of [400, 3600]) {
        const page = await recognize(await files.write(await image.clone().resize(width).png().toBuffer()));
        expect(page).toMatchObject({ width, height: width / 2, text: TEXT });
        expect(page.attempts[0]?.preprocess).toEqual([width === 400 ? "upscale" : "downscale"]);
        for (const { bbox } of wordsOf(page)) {
          expect(bbox[0]).toBeGreaterThan(0.04 * width);
          expect(bbox[2]).toBeLessThanOrEqual(page.width);
        }
        expect(Math.max(...wordsOf(page).map(({ bbox }) => bbox[2]))).toBeGreaterThan(0.6 * width);
      }
    });

    it("a transparent page lies on white paper", async () => {
      const { data } = await drawLines(LINES);
      const ink = Buffer.from(data.map((value) => 255 - value));
      const black = { width: 1200, height: 600, channels: 3 as const, background: "black" };
      const transparent = sharp({ create: black }).joinChannel(ink, { raw: { width: 1200, height: 600, channels: 1 } });
      expect((await recognize(await files.write(await transparent.png().toBuffer()))).text).toBe(TEXT);
    });

    it("the resolution is the one that the file declares", async () => {
      const image = await drawn();
      expect((await recognize(await files.write(await image.png().toBuffer()))).dpi).toBe(300);
    });

    it("an image without text is a success without words", async () => {
      const white = { width: 400, height: 300, channels: 3 as const, background: "white" };
      const path = await files.write(await sharp({ create: white }).png().toBuffer());
      expect(await recognize(path)).toMatchObject({ text: "", confidence: null, blocks: [], error: null });
    });
  });

  describe("reading PDFs", () => {
    it("takes the text layer of a page that has one and recognises one that has not", async () => {
      const scan = await encode(await drawLines(["Esto es un escaneo limpio"]))
        .png()
        .toBuffer();
      const path = await files.write(await makePdf([{ lines: LINES }, { scan }]));
      expect(await ocr.inspect(path)).toEqual({ mediaType: "application/pdf", pages: 2 });
      expect(await recognize(path, 1)).toMatchObject({
        source: "text-layer",
        text: TEXT,
        confidence: 100,
        dpi: 150,
        width: 600,
        height: 300,
        attempts: [{ engine: "text-layer" }],
      });
      expect(await recognize(path, 2)).toMatchObject({
        source: "ocr",
        text: "Esto es un escaneo limpio\n",
        dpi: 300,
        width: 1200,
        height: 600,
        attempts: [{ engine: ocr.info.engine, reason: "The page has no text layer." }],
      });
    });

    it("finds the head of a PDF behind other bytes, as readers do", async () => {
      const pdf = await makePdf([{ lines: LINES }]);
      const path = await files.write(Buffer.concat([Buffer.from("mail header\r\n\r\n"), pdf]));
      expect(await ocr.inspect(path)).toEqual({ mediaType: "application/pdf", pages: 1 });
    });

    it.each(["secreto", "contraseña"])("opens a PDF with its password: %s", async (password) => {
      const path = await files.write(await makePdf([{ lines: LINES }], { password }));
      expect(await ocr.inspect(path, { password })).toEqual({ mediaType: "application/pdf", pages: 1 });
      const page = await ocr.recognize(path, 1, { languages: ["spa"], textLayer: "auto", password });
      expect(page.text).toBe(TEXT);
      // What is open belongs to whoever knows the password.
      await expect(recognize(path)).rejects.toMatchObject({ code: "password-protected" });
      await expect(ocr.inspect(path, { password: "otra" })).rejects.toThrow("does not open with this password");
    });

    it("does not trust the invisible text behind a scan", async () => {
      const scan = await encode(await drawLines(LINES))
        .png()
        .toBuffer();
      const path = await files.write(await makePdf([{ scan, hidden: "E1 ve1oz murcie1ago hindu" }]));
      expect(await recognize(path)).toMatchObject({ source: "ocr", text: TEXT });
      expect(await recognize(path, 1, "only")).toMatchObject({
        source: "text-layer",
        text: "E1 ve1oz murcie1ago hindu\n",
      });
    });

    it("recognises a page with a good text layer when told to ignore it", async () => {
      const path = await files.write(await makePdf([{ lines: LINES }]));
      expect(await recognize(path, 1, "ignore")).toMatchObject({ source: "ocr", text: TEXT });
    });

    it("gives an empty result when only a text layer is wanted and there is none", async () => {
      const scan = await (await drawn()).png().toBuffer();
      const empty = { source: "text-layer", text: "", confidence: null, blocks: [] };
      expect(await recognize(await files.write(await makePdf([{ scan }])), 1, "only")).toMatchObject(empty);
      expect(await recognize(await files.write(scan), 1, "only")).toMatchObject(empty);
    });

    it("turns a page as the file says, for the engine and for the text layer", async () => {
      const [upright, turned] = await Promise.all(
        [false, true].map(async (sideways) => files.write(await makePdf([{ lines: LINES }], { sideways }))),
      );
      for (const textLayer of ["auto", "ignore"] as const) {
        const [expected, page] = [
          await recognize(upright ?? "", 1, textLayer),
          await recognize(turned ?? "", 1, textLayer),
        ];
        expect(page).toMatchObject({
          source: expected.source,
          width: expected.width,
          height: expected.height,
          text: TEXT,
        });
        expect(page.blocks[0]?.bbox[0]).toBeCloseTo(expected.blocks[0]?.bbox[0] ?? 0, -1);
        expect(page.blocks[0]?.bbox[1]).toBeCloseTo(expected.blocks[0]?.bbox[1] ?? 0, -1);
      }
    });

    it("frames the words of a text layer where they are printed", async () => {
      const path = await files.write(await makePdf([{ lines: LINES }]));
      const [layer, read] = [await recognize(path), await recognize(path, 1, "ignore")];
      expect(wordsOf(layer).map(({ text }) => text)).toEqual(wordsOf(read).map(({ text }) => text));
      wordsOf(layer).forEach((word, index) => {
        // Half the resolution of the recognised image, give or take an anti-aliased edge.
        const other = wordsOf(read)[index]?.bbox.map((value) => value / 2) ?? [];
        word.bbox.forEach((value, side) => expect(Math.abs(value - (other[side] ?? Infinity))).toBeLessThan(3));
      });
    });
  });

  describe("finding the language", () => {
    const SENTENCES = {
      spa: ["Todos los seres humanos", "nacen libres e iguales", "en dignidad y derechos"],
      eng: ["All human beings are born", "free and equal in dignity", "and rights, with reason"],
    };

    it.each(["spa", "eng"] as const)("auto reads a page in %s, and says how it knew", async (language) => {
      const lines = SENTENCES[language];
      const scan = await encode(await drawLines(lines))
        .png()
        .toBuffer();
      for (const file of [scan, await makePdf([{ lines }])]) {
        const path = await files.write(file);
        const page = await ocr.recognize(path, 1, { languages: ["auto"], textLayer: "auto" });
        expect(page).toMatchObject({ languages: [language], text: `${lines.join("\n")}\n` });
        expect(page.attempts[0]?.reason).toMatch(new RegExp(`(?:look|looked Latin and) like ${language}\\.$`));
      }
    });
  });

  describe("refusing", () => {
    it.each<[name: string, code: string, content: () => Promise<Buffer> | Buffer]>([
      ["an empty file", "empty-file", () => Buffer.alloc(0)],
      ["something that is no document", "unsupported-media-type", () => Buffer.from("Dear reader, this is a letter.")],
      ["another kind of file", "unsupported-media-type", () => Buffer.from("PK\u0003\u0004 an archive of some kind")],
      [
        "a PNG that is only a head",
        "undecodable-file",
        async () => (await (await drawn()).png().toBuffer()).subarray(0, 20),
      ],
      ["a PDF that is only a head", "undecodable-file", () => Buffer.from("%PDF-1.7\n%garbage")],
      ["a PDF under a password", "password-protected", () => makePdf([{ lines: LINES }], { password: "secreto" })],
      [
        "more pixels than allowed",
        "too-many-pixels",
        () => {
          const white = { width: 5000, height: 5000, channels: 3 as const, background: "white" };
          return sharp({ create: white }).png().toBuffer();
        },
      ],
    ])("%s: %s", async (_, code, content) => {
      const path = await files.write(await content());
      await expect(ocr.inspect(path)).rejects.toMatchObject({ name: "ProblemError", code });
      await expect(recognize(path)).rejects.toMatchObject({ name: "ProblemError", code });
    });

    it.each([
      ["PNG", () => drawn().then((image) => image.png().toBuffer())],
      ["JPEG", () => drawn().then((image) => image.jpeg().toBuffer())],
      ["WebP", () => drawn().then((image) => image.webp().toBuffer())],
      ["TIFF", () => drawn().then((image) => image.tiff({ compression: "lzw" }).toBuffer())],
    ])("a %s that was cut short is not read by half", async (_, image) => {
      const whole = await image();
      const path = await files.write(whole.subarray(0, Math.floor(whole.length * 0.6)));
      await expect(recognize(path)).rejects.toMatchObject({ code: "undecodable-file" });
    });

    it("a language that is not installed, naming those that are", async () => {
      const path = await files.write(await (await drawn()).png().toBuffer());
      const refused = ocr.recognize(path, 1, { languages: ["spa", "tlh"], textLayer: "auto" });
      await expect(refused).rejects.toMatchObject({
        code: "unknown-language",
        message: expect.stringMatching(/tlh.*eng, .*spa/),
      });
    });
  });

  it("renders a page that would have too many pixels at a lower resolution, and says so", async () => {
    const small = await createOcr({
      engine: "tesseract.js",
      slots: 1,
      limits: { pagePixels: 200_000, pageSeconds: 60 },
    });
    try {
      const path = await files.write(await makePdf([{ lines: LINES }]));
      const page = await small.recognize(path, 1, { languages: ["spa"], textLayer: "ignore" });
      expect(page.width * page.height).toBeLessThanOrEqual(200_000);
      expect(page.dpi).toBe(Math.floor(Math.sqrt(200_000 / 8)));
      expect(page.width).toBe(4 * page.dpi);
    } finally {
      await small.close();
    }
  });
});

describe("choosing an engine", () => {
  it("auto takes tesseract.js where the native library is not, and says why", async () => {
    const limits = { pagePixels: PIXELS, pageSeconds: 60 };
    const ocr = await createOcr({ engine: "auto", library: "libtesseract.so.0", slots: 1, limits });
    await ocr.close();
    expect(ocr.info).toMatchObject({
      engine: "tesseract.js",
      engine_note: expect.stringContaining("libtesseract.so.0"),
    });
  });

  it.skipIf(!ppocr)(
    "names the second engine with the first where its models are (not run without LECTURA_PPOCR)",
    async () => {
      const limits = { pagePixels: PIXELS, pageSeconds: 60 };
      const both = await createOcr({ engine: "tesseract.js", ppocr: ppocr ?? "", slots: 1, limits });
      try {
        expect(both.info.engine_version).toMatch(/ with PP-OCRv6 small$/);
        expect(both.info.second_engine).toBe("PP-OCRv6 small");
        const files = await createFiles();
        const path = await files.write(
          await encode(await drawOnDarkPaper(LINES))
            .png()
            .toBuffer(),
        );
        const page = await both.recognize(path, 1, { languages: ["spa"], textLayer: "auto" });
        expect(page.text).toBe(TEXT);
        expect(page.attempts.map(({ engine, chosen }) => [engine, chosen])).toEqual([
          ["tesseract.js", false],
          ["ppocr", true],
        ]);
        await files.dispose();
      } finally {
        await both.close();
      }
    },
  );

  it("a folder without the second engine's models is none", async () => {
    const limits = { pagePixels: PIXELS, pageSeconds: 60 };
    const alone = await createOcr({ engine: "tesseract.js", ppocr: import.meta.dirname, slots: 1, limits });
    await alone.close();
    expect(alone.info).toMatchObject({ second_engine: null, engine_version: expect.not.stringContaining("PP-OCR") });
  });

  it("native without its library is refused", async () => {
    const limits = { pagePixels: PIXELS, pageSeconds: 60 };
    const refused = createOcr({ engine: "native", library: "libtesseract.so.0", slots: 1, limits });
    await expect(refused).rejects.toMatchObject({ code: "engine-unavailable" });
  });

  it("a tessdata folder without models is refused", async () => {
    const limits = { pagePixels: PIXELS, pageSeconds: 60 };
    const refused = createOcr({ engine: "auto", tessdata: import.meta.dirname, slots: 1, limits });
    await expect(refused).rejects.toMatchObject({
      code: "engine-unavailable",
      message: expect.stringContaining(import.meta.dirname),
    });
  });
});
