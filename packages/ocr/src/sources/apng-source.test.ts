import { ProblemError } from "@lectura/contracts";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApngFrame, makeApng } from "../fixtures/apng.ts";
import { createFiles } from "../fixtures/files.ts";
import { type PngChunk, writePng } from "./apng/png-chunks.ts";
import { createSourceOpener } from "./open-source.ts";
import type { Source } from "./source.ts";

const open = createSourceOpener({ pagePixels: 10_000 });
let files: Awaited<ReturnType<typeof createFiles>>;
beforeAll(async () => {
  files = await createFiles();
});
afterAll(() => files.dispose());

type Colour = [red: number, green: number, blue: number, alpha: number];
const RED: Colour = [255, 0, 0, 255];
const GREEN: Colour = [0, 255, 0, 255];
const BLUE: Colour = [0, 0, 255, 255];
const HALF_BLUE: Colour = [0, 0, 255, 128];
const BLACK: Colour = [0, 0, 0, 255];
const WHITE: Colour = [255, 255, 255, 255];
const NONE = 0;
const BACKGROUND = 1;
const PREVIOUS = 2;
const OVER = 1;

/** A picture of as many columns as colours, each one pixel wide. */
const columns = async (...colours: Colour[]): Promise<Buffer> =>
  sharp(Buffer.from(colours.flat()), { raw: { width: colours.length, height: 1, channels: 4 } })
    .png()
    .toBuffer();
const frame = async (colours: Colour[], how: Omit<ApngFrame, "png"> = {}): Promise<ApngFrame> => ({
  png: await columns(...colours),
  ...how,
});

const openChunks = async (chunks: PngChunk[]): Promise<Source> => open(await files.write(writePng(chunks)));
/** The colours of a page's columns, without alpha. */
const look = async (source: Source, page: number): Promise<number[][]> => {
  const picture = await source.picture?.(page);
  const bytes = (await picture?.toColourspace("srgb").raw().toBuffer()) ?? Buffer.alloc(0);
  return Array.from({ length: bytes.length / 3 }, (_, column) => [...bytes.subarray(3 * column, 3 * column + 3)]);
};
const shades = (...colours: Colour[]): number[][] => colours.map((colour) => colour.slice(0, 3));

describe("a frame is shown over", () => {
  it.each([
    ["the one before it", NONE, [RED, GREEN]],
    ["nothing where the one before it was", BACKGROUND, [RED, WHITE]],
    ["what the one before it was laid over", PREVIOUS, [RED, RED]],
  ])("%s", async (_, dispose, [left = WHITE, right = WHITE]) => {
    const first = await frame([RED, RED]);
    const second = await frame([GREEN], { left: 1, dispose });
    const third = await frame([HALF_BLUE], { blend: OVER });
    const source = await openChunks(makeApng([first, second, third]));
    expect(source).toMatchObject({ mediaType: "image/apng", pages: 3 });
    // In any order.
    expect(await look(source, 3)).toEqual([[127, 0, 128], right.slice(0, 3)]);
    expect(await look(source, 1)).toEqual(shades(RED, RED));
    expect(await look(source, 2)).toEqual(shades(left, GREEN));
  });

  it("white, where it is transparent, also in greys", async () => {
    const source = await openChunks(makeApng([await frame([BLACK, [0, 0, 0, 0]])]));
    const { data, width, height } = await source.image(1);
    expect({ pixels: [...data], width, height }).toEqual({ pixels: [0, 255], width: 2, height: 1 });
  });

  it("nothing, where it takes the place of what was there", async () => {
    const source = await openChunks(makeApng([await frame([RED, RED]), await frame([HALF_BLUE])]));
    expect(await look(source, 2)).toEqual([[127, 127, 255], ...shades(RED)]);
  });

  it("nothing, where all before it gave way", async () => {
    const chunks = makeApng([
      await frame([RED, RED], { dispose: PREVIOUS }),
      await frame([GREEN, GREEN], { blend: OVER, dispose: BACKGROUND }),
      await frame([BLUE], { blend: OVER }),
    ]);
    const source = await openChunks(chunks);
    expect(await look(source, 2)).toEqual(shades(GREEN, GREEN));
    expect(await look(source, 3)).toEqual(shades(BLUE, WHITE));
  });

  it("a frame that covers everything, and those after that", async () => {
    const chunks = makeApng([
      await frame([RED, RED, RED]),
      await frame([GREEN, HALF_BLUE, GREEN]),
      await frame([BLUE], { left: 2 }),
      await frame([HALF_BLUE], { blend: OVER }),
    ]);
    expect(await look(await openChunks(chunks), 4)).toEqual([[0, 127, 128], [127, 127, 255], ...shades(BLUE)]);
  });

  it("a half transparent one, as both together", async () => {
    const chunks = makeApng([await frame([HALF_BLUE]), await frame([[255, 0, 0, 128]], { blend: OVER })]);
    // Half of it red, a quarter blue, through which a quarter of the white is seen.
    expect(await look(await openChunks(chunks), 2)).toEqual([[191, 63, 127]]);
  });
});

describe("an animation", () => {
  it("leaves out the default image that is no frame", async () => {
    const source = await openChunks(makeApng([await frame([GREEN])], await columns(RED)));
    expect(source.pages).toBe(1);
    expect(await look(source, 1)).toEqual(shades(GREEN));
  });

  it("is one where that stands behind a large colour profile, beyond what is looked at to tell the type", async () => {
    const [header, ...chunks] = makeApng([await frame([RED]), await frame([GREEN])]);
    if (!header) return expect.unreachable();
    const source = await openChunks([header, { type: "teXt", data: Buffer.alloc(9000) }, ...chunks]);
    expect(source).toMatchObject({ mediaType: "image/png", pages: 2 });
    expect(await look(source, 2)).toEqual(shades(GREEN));
  });

  it("is none where that comes after the picture", async () => {
    const [header, animation, ...chunks] = makeApng([await frame([RED]), await frame([GREEN])]);
    if (!header || !animation) return expect.unreachable();
    expect(await openChunks([header, ...chunks, animation])).toMatchObject({ mediaType: "image/png", pages: 1 });
  });

  it("with a damaged frame gives those that do not show it", async () => {
    const chunks = makeApng([await frame([RED]), await frame([GREEN]), await frame([BLUE])]);
    const file = writePng(chunks);
    // Only the checksum says so.
    const pixels = file.indexOf("fdAT");
    const checksum = pixels + 4 + file.readUInt32BE(pixels - 4);
    file.writeUInt8(file.readUInt8(checksum) ^ 0xff, checksum);
    const source = await open(await files.write(file));
    expect(await look(source, 1)).toEqual(shades(RED));
    await expect(source.image(2)).rejects.toMatchObject({ code: "undecodable-file" });
    expect(await look(source, 3)).toEqual(shades(BLUE));
  });
});

/** Three frames, of which the second is a part, after which one of the chunks is changed. */
const changed = async (type: string, which: number, change: (data: Buffer) => Buffer | undefined) => {
  const chunks = makeApng([await frame([RED, RED]), await frame([GREEN], { left: 1 }), await frame([BLUE, BLUE])]);
  let seen = 0;
  return chunks.flatMap((chunk) => {
    if (chunk.type !== type || (seen += 1) !== which) return [chunk];
    const data = change(Buffer.from(chunk.data));
    return data ? [{ type, data }] : [];
  });
};
const word =
  (value: number, at: number) =>
  (data: Buffer): Buffer => {
    data.writeUInt32BE(value, at);
    return data;
  };
const byte =
  (value: number, at: number) =>
  (data: Buffer): Buffer => {
    data.writeUInt8(value, at);
    return data;
  };
const gone = () => undefined;

describe("an animation is refused", () => {
  it.each<[string, ...Parameters<typeof changed>]>([
    ["with a frame to the right of the picture", "fcTL", 2, word(2, 12)],
    ["with a frame below the picture", "fcTL", 2, word(1, 16)],
    ["with a frame further than can be counted", "fcTL", 2, word(0xff_ff_ff_ff, 12)],
    ["with a frame wider than the picture", "fcTL", 3, word(3, 4)],
    ["with a frame of no width", "fcTL", 2, word(0, 4)],
    ["with a first frame smaller than the picture", "fcTL", 1, word(1, 4)],
    ["with an unknown way to give way", "fcTL", 2, byte(3, 24)],
    ["with an unknown way to be laid", "fcTL", 2, byte(2, 25)],
    ["with a frame described in too few bytes", "fcTL", 2, (data) => data.subarray(0, 20)],
    ["with a number left out", "fcTL", 2, word(2, 0)],
    ["with a number twice", "fdAT", 1, word(1, 0)],
    ["with pixels too short for a number", "fdAT", 2, (data) => data.subarray(0, 3)],
    ["without the pixels of a frame", "fdAT", 1, gone],
    ["without the pixels of the last frame", "fdAT", 2, gone],
    ["without the description of a frame", "fcTL", 3, gone],
    ["without the first picture", "IDAT", 1, gone],
    ["with more frames than it says", "acTL", 1, word(2, 0)],
    ["with fewer frames than it says", "acTL", 1, word(4, 0)],
    ["with no frame, as it says", "acTL", 1, word(0, 0)],
    ["with more frames than a file can have", "acTL", 1, word(0xff_ff_ff_ff, 0)],
    ["with a wrong announcement", "acTL", 1, (data) => data.subarray(0, 4)],
  ])("%s", async (_, ...change) => {
    await expect(openChunks(await changed(...change))).rejects.toMatchObject({ code: "undecodable-file" });
  });

  it("with a frame that has no pixels, where all is numbered in order", async () => {
    const [red, blue] = [await frame([RED]), await frame([BLUE])];
    const empty = { png: red.png.subarray(0, red.png.indexOf("IDAT") - 4) };
    await expect(openChunks(makeApng([red, empty, blue]))).rejects.toMatchObject({ code: "undecodable-file" });
  });

  it("that is announced twice", async () => {
    const chunks = makeApng([await frame([RED])]);
    await expect(openChunks([...chunks.slice(0, 2), ...chunks.slice(1)])).rejects.toMatchObject({
      code: "undecodable-file",
    });
  });
});

/** Refused as a whole, or some of its pages. */
const tryAll = async (bytes: Buffer): Promise<"refused" | "shown"> => {
  try {
    const source = await open(await files.write(bytes));
    for (let page = 1; page <= source.pages; page += 1) await source.image(page);
    return "shown";
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
    return "refused";
  }
};

describe("whatever happens to its bytes, an animation is refused or shown", () => {
  it("where it is cut short anywhere", async () => {
    const file = writePng(await changed("", 0, gone));
    expect(await tryAll(file)).toBe("shown");
    for (let length = 0; length < file.length; length += 1) {
      expect([length, await tryAll(file.subarray(0, length))]).toEqual([length, "refused"]);
    }
  });

  it("where any byte of it is another", async () => {
    const file = writePng(await changed("", 0, gone));
    for (const at of file.keys()) {
      const other = Buffer.from(file);
      other.writeUInt8(other.readUInt8(at) ^ 0xff, at);
      await tryAll(other);
    }
  });
});
