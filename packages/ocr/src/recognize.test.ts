import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFiles } from "./fixtures/files.ts";
import { drawLines, encode, makeTiff } from "./fixtures/images.ts";
import { makePdf } from "./fixtures/pdf.ts";
import { recognize } from "./recognize.ts";

const { LECTURA_TESSERACT_LIBRARY: library, LECTURA_TESSDATA: tessdata } = process.env;
const own = { ...(library && { library }), ...(tessdata && { tessdata }) };
const root = fileURLToPath(new URL("..", import.meta.url));

let files: Awaited<ReturnType<typeof createFiles>>;
beforeAll(async () => {
  files = await createFiles();
});
afterAll(() => files.dispose());

it("gives the pages of a file in order, with more or fewer slots than pages", async () => {
  const path = await files.write(await makePdf(["uno", "dos", "tres"].map((word) => ({ lines: [`La hoja ${word}`] }))));
  for (const slots of [1, 4]) {
    const texts: string[] = [];
    for await (const page of recognize(path, { ...own, slots })) texts.push(page.text);
    expect(texts).toEqual(["La hoja uno\n", "La hoja dos\n", "La hoja tres\n"]);
  }
});

it("can be left early, and its processes end", async () => {
  const pages = await Promise.all(["La primera hoja", "La segunda hoja"].map((line) => drawLines([line])));
  const path = await files.write(await makeTiff(pages));
  for await (const page of recognize(path, { ...own, slots: 1, languages: ["spa"] })) {
    expect(page.text).toBe("La primera hoja\n");
    break;
  }
});

it("tells why a file cannot be read", async () => {
  const damaged = (
    await encode(await drawLines(["La primera hoja"]))
      .png()
      .toBuffer()
  ).subarray(0, 20);
  const path = await files.write(damaged);
  await expect(recognize(path, own).next()).rejects.toMatchObject({ code: "undecodable-file" });
});

it("works as the README shows it", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
  const [first = "", second = ""] = await Promise.all(
    examples.map(async (code) => {
      const args = ["--input-type=module-typescript", "--eval", code];
      return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
    }),
  );
  expect(first).toContain("FERRETERÍA EL YARUMO");
  expect(first.split("\n").length).toBeGreaterThan(10);
  expect(second).toContain("# Informe del primer semestre de 2023");
  expect(examples[0]?.trim().split("\n").length).toBeLessThanOrEqual(10);
});
