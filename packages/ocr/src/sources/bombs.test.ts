import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GreyImage } from "../engines/engine.ts";
import { makeApng } from "../fixtures/apng.ts";
import { createFiles } from "../fixtures/files.ts";
import { drawLines, encode } from "../fixtures/images.ts";
import { encodeWithMagick } from "../fixtures/magick-images.ts";
import { writePng } from "./apng/png-chunks.ts";
import { createSourceOpener } from "./open-source.ts";

// Small files whose heads promise pictures of gigabytes. Their pixels are missing: whoever decoded before looking at the
// size would call them damaged, or run out of memory.

const HUGE = 60_000;

let page: GreyImage;
let files: Awaited<ReturnType<typeof createFiles>>;
const open = createSourceOpener({ pagePixels: 100_000_000 });

beforeAll(async () => {
  files = await createFiles();
  page = await drawLines(["Una hoja"]);
});
afterAll(() => files.dispose());

const png = async (): Promise<Buffer> => {
  const file = await encode(page).png().toBuffer();
  file.writeUInt32BE(HUGE, 16);
  file.writeUInt32BE(HUGE, 20);
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
};
const apng = async (): Promise<Buffer> => {
  const chunks = makeApng([{ png: await encode(page).png().toBuffer() }]);
  for (const { type, data } of chunks) {
    if (type === "IHDR") words(HUGE, HUGE).copy(data);
    if (type === "fcTL") words(HUGE, HUGE).copy(data, 4);
  }
  return writePng(chunks);
};
const jpeg = async (): Promise<Buffer> => {
  const file = await encode(page).jpeg({ progressive: false }).toBuffer();
  const frame = file.indexOf(Buffer.from([0xff, 0xc0]));
  file.writeUInt16BE(HUGE, frame + 5);
  file.writeUInt16BE(HUGE, frame + 7);
  return file;
};
const gif = async (): Promise<Buffer> => {
  const file = await encode(page).gif().toBuffer();
  const frame = file.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
  for (const at of [6, 8, frame + 5, frame + 7]) file.writeUInt16LE(HUGE, at);
  return file;
};
const tiff = async (): Promise<Buffer> => {
  const file = await encode(page).tiff({ compression: "lzw" }).toBuffer();
  const directory = file.readUInt32LE(4);
  for (let entry = directory + 2; [256, 257].includes(file.readUInt16LE(entry)); entry += 12) {
    file.writeUInt16LE(4, entry + 2);
    file.writeUInt32LE(HUGE, entry + 8);
  }
  return file;
};
/** The size as the heads of these formats hold it, as often as they hold it. */
const patched = (file: Buffer, size: Buffer, huge: Buffer): Buffer => {
  const [head, ...parts] = file.toString("latin1").split(size.toString("latin1"));
  if (parts.length === 0) throw new Error("The size was not found.");
  return Buffer.from([head, ...parts].join(huge.toString("latin1")), "latin1");
};
const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32BE(value, 4 * index));
  return bytes;
};
const littleWords = (...values: number[]): Buffer => words(...values).swap32();

/** A sequence that was kept, in which a field lies this far behind the last box of a type. */
const sequence = async (name: string, type: string, offset: number, field: Buffer): Promise<Buffer> => {
  const file = await readFile(join(import.meta.dirname, "../fixtures", name));
  field.copy(file, file.lastIndexOf(type) + offset);
  return file;
};

describe("a picture too large to be decoded is refused by its head", () => {
  it.each<[string, () => Promise<Buffer>]>([
    ["PNG", png],
    ["APNG", apng],
    ["JPEG", jpeg],
    ["GIF", gif],
    ["TIFF", tiff],
    ["JPEG 2000", async () => patched(await encodeWithMagick([page], "J2K"), words(1200, 600), words(HUGE, HUGE))],
    [
      "HEIC",
      async () =>
        patched(
          await readFile(join(import.meta.dirname, "../fixtures/heic/two-images.heic")),
          words(600, 300),
          words(20_000, 20_000),
        ),
    ],
    ["HEIC sequence, of frames too large", () => sequence("heic/three-frames.heics", "hvc1", 28, words(0x4e20_4e20))],
    ["HEIC sequence, of too many frames", () => sequence("heic/three-frames.heics", "stsz", 12, words(10_000))],
    ["AVIF sequence, of frames too large", () => sequence("avif/by-pillow.avif", "av01", 28, words(0x4e20_4e20))],
    [
      "AVIF",
      async () => patched(await encode(page).avif({ effort: 0 }).toBuffer(), words(1200, 600), words(20_000, 20_000)),
    ],
  ])("%s", async (_, make) => {
    await expect(open(await files.write(await make()))).rejects.toMatchObject({ code: "too-many-pixels" });
  });

  it.each<[string, () => Promise<Buffer>]>([
    ["PNM", async () => Buffer.from(`P5\n${HUGE} ${HUGE}\n255\nnothing`)],
    [
      "BMP",
      async () => patched(await encodeWithMagick([page], "BMP"), littleWords(1200, 600), littleWords(HUGE, HUGE)),
    ],
  ])("%s, which is measured against the length of its file even earlier", async (_, make) => {
    await expect(open(await files.write(await make()))).rejects.toMatchObject({ code: "undecodable-file" });
  });
});
