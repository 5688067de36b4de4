import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { PageResult } from "@lectura/contracts";
import { provideDebianProgram, toolsDir } from "@lectura/local";
import { writeAlto, writeHocr } from "@lectura/ocr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkHocr } from "./fixtures/hocr-spec.ts";
import { pagesOf, sample, startOcr } from "./fixtures/ocr.ts";
import { resultWords } from "./fixtures/pdf-words.ts";

const say = (message: string): void => void process.stderr.write(`${message}\n`);
const log = { info: say, warn: say };
const xmllint = await provideDebianProgram({ program: "xmllint", package: "libxml2-utils", toolsDir, log });
const schema = fileURLToPath(new URL("schemas/alto-4-4.xsd", import.meta.url));

let outputs: Awaited<ReturnType<typeof startOcr>>;
let pages: PageResult[];
beforeAll(async () => {
  outputs = await startOcr(process.env);
  const recognised = await Promise.all(
    ["carta.png", "recibo.jpg", "informe.pdf"].map((name) => outputs.recognize(sample(name))),
  );
  pages = recognised.flat().map((page, index) => ({ ...page, number: index + 1 }));
  const [first] = pages;
  if (!first) return;
  const image = {
    bbox: [0, 0, 10, 20],
    kind: "image",
    confidence: 0,
    lines: [],
  } satisfies PageResult["blocks"][number];
  const error = { code: "page-timeout", title: "", detail: "", retryable: false } as const;
  pages.push({
    ...first,
    number: pages.length + 1,
    blocks: [image, ...first.blocks.map((block) => ({ ...block, kind: "heading" as const }))],
  });
  pages.push({ ...first, number: pages.length + 1, width: 0, height: 0, confidence: null, blocks: [], error });
});
afterAll(() => outputs.close());

const store = async (parts: AsyncIterable<string>): Promise<string> => {
  const path = outputs.newPath();
  await pipeline(Readable.from(parts), createWriteStream(path));
  return path;
};
const alto = (results: PageResult[]) =>
  store(writeAlto(pagesOf(results), { title: `"a" & <b>\u0001.pdf`, engine: "tesseract", engineVersion: "5.3.0" }));

const hocr = () =>
  store(writeHocr(pagesOf(pages), { title: `"a" & <b>\u0001.pdf`, system: "tesseract 5.5.4", languages: ["spa"] }));

const validate = async (path: string) => xmllint?.(["--noout", "--nonet", "--schema", schema, path]);

describe.runIf(xmllint)("ALTO", () => {
  test("is valid by its schema, with every kind of block and a page that has failed", async () => {
    await expect(validate(await alto(pages))).resolves.toBeDefined();
  });

  test("is found invalid when it is not", async () => {
    const broken = (await readFile(await alto(pages), "utf8")).replace("<PrintSpace", "<PrintSpice");
    await expect(validate(await outputs.write(broken))).rejects.toThrow(/PrintSpice|fails to validate|parser error/);
  });

  test("has the words in order, at their places, with confidences from 0 to 1", async () => {
    const path = await alto(pages.slice(0, 1));
    const contents = (await xmllint?.(["--xpath", "//*[local-name()='String']/@CONTENT", path])) ?? "";
    const words = pages.slice(0, 1).flatMap(resultWords);
    expect(contents.match(/"(.*)"/g)?.slice(0, 3)).toEqual(words.slice(0, 3).map(({ text }) => `"${text}"`));
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = words[0]?.box ?? [];
    const first = await xmllint?.(["--xpath", "(//*[local-name()='String'])[1]", path]);
    expect(first).toContain(`HPOS="${x0}" VPOS="${y0}" WIDTH="${x1 - x0}" HEIGHT="${y1 - y0}"`);
    expect(first).toMatch(/WC="(0\.\d+|1)"/);
  });
});

describe("hOCR", () => {
  test.runIf(xmllint)("is well-formed XML, too", async () => {
    await expect(xmllint?.(["--noout", "--nonet", await hocr()])).resolves.toBeDefined();
  });

  test("is valid by hocr-spec, with every kind of block and a page that has failed", async () => {
    await expect(checkHocr(await hocr())).resolves.toContain("Document is valid");
  });

  test("is found invalid when it is not", async () => {
    const broken = (await readFile(await hocr(), "utf8")).replace(" ocr_line ", " ");
    await expect(checkHocr(await outputs.write(broken))).rejects.toMatchObject({ code: 1 });
  });
});
