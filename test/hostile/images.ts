import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import type { HostileFile } from "./hostile-file.ts";

const LINE = "Una hoja limpia";

const page = (): Sharp =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="200"><rect width="100%" height="100%" fill="white"/>
      <text x="40" y="120" font-size="60" font-family="sans-serif">${LINE}</text></svg>`,
    ),
  ).flatten();

const encoders: [type: string, encode: () => Promise<Buffer>][] = [
  ["PNG", async () => page().png().toBuffer()],
  ["JPEG", async () => page().jpeg().toBuffer()],
  ["progressive JPEG", async () => page().jpeg({ progressive: true }).toBuffer()],
  ["WebP", async () => page().webp().toBuffer()],
  ["GIF", async () => page().gif().toBuffer()],
  ["TIFF", async () => page().tiff({ compression: "lzw" }).toBuffer()],
  ["AVIF", async () => page().avif({ effort: 0 }).toBuffer()],
  ["PNM", async () => Buffer.concat([Buffer.from("P5\n900 200\n255\n"), await page().greyscale().raw().toBuffer()])],
];

const DAMAGED = "failed undecodable-file";
/** What is left of these can be shown, and viewers do. */
const FORGIVING = ["JPEG", "progressive JPEG", "WebP", "PNM"];

/** Each format cut short, in its head and in the middle, and with a third of it lost in noise. */
export const damagedImages: HostileFile[] = encoders.flatMap(([type, encode]) => [
  { what: `a ${type} of its first 40 bytes`, bytes: async () => (await encode()).subarray(0, 40), ends: DAMAGED },
  {
    what: `a ${type} of its first half`,
    bytes: async () => {
      const all = await encode();
      return all.subarray(0, all.length >> 1);
    },
    ends: DAMAGED,
  },
  {
    what: `a ${type} with noise in it`,
    bytes: async () => {
      const all = await encode();
      return all.fill(0xa5, Math.floor(all.length / 3), Math.floor((2 * all.length) / 3));
    },
    ends: FORGIVING.includes(type) ? "succeeded" : DAMAGED,
  },
]);

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
};
const PNG_HEAD = 33;
/** A PNG with a chunk of one's own right after its head. */
const pngWith = async (type: string, data: Buffer): Promise<Buffer> => {
  const file = (await encoders[0]?.[1]()) ?? Buffer.alloc(0);
  return Buffer.concat([file.subarray(0, PNG_HEAD), chunk(type, data), file.subarray(PNG_HEAD)]);
};
const emptyPng = (width: number, height: number, idat: Buffer): Buffer => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", idat),
    chunk("IEND", Buffer.alloc(0)),
  ]);
};
const u16 = (value: number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const gifOf = (frames: number): Buffer => {
  const head = Buffer.concat([
    Buffer.from("GIF89a"),
    u16(1),
    u16(1),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff]),
  ]);
  const frame = Buffer.concat([
    Buffer.from([0x2c]),
    u16(0),
    u16(0),
    u16(1),
    u16(1),
    Buffer.from([0, 2, 2, 0x44, 1, 0]),
  ]);
  return Buffer.concat([head, ...Array<Buffer>(frames).fill(frame), Buffer.from([0x3b])]);
};

/** TIFF directories of one white pixel each; where the last one leads is the caller's to say. */
const tiffOf = (directories: number, next: (at: number) => number): Buffer => {
  const tags: [number, number, number][] = [
    [256, 4, 1],
    [257, 4, 1],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 4],
    [278, 4, 1],
    [279, 4, 1],
  ];
  const bytes = 2 + tags.length * 12 + 4;
  const parts = [Buffer.from("II*\0"), u32(8)];
  for (let index = 0; index < directories; index += 1) {
    const at = 8 + index * bytes;
    parts.push(u16(tags.length), ...tags.flatMap(([tag, type, value]) => [u16(tag), u16(type), u32(1), u32(value)]));
    parts.push(u32(index === directories - 1 ? next(at) : at + bytes));
  }
  return Buffer.concat(parts);
};

const jpegScans = async (times: number): Promise<Buffer> => {
  const file = await page().resize(2000, 2000, { fit: "fill" }).jpeg({ progressive: true }).toBuffer();
  const at = file.lastIndexOf(Buffer.from([0xff, 0xda]));
  const scan = file.subarray(at, -2);
  return Buffer.concat([file.subarray(0, at), ...Array<Buffer>(times).fill(scan), file.subarray(-2)]);
};
const jpegWith = async (marker: number, data: Buffer): Promise<Buffer> => {
  const file = (await encoders[1]?.[1]()) ?? Buffer.alloc(0);
  const head = Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff]);
  return Buffer.concat([file.subarray(0, 2), head, data, file.subarray(2)]);
};
const webpHead = (width: number, height: number): Buffer => {
  const bits = (width - 1) | ((height - 1) << 14);
  const data = Buffer.concat([Buffer.from([0x2f]), u32(bits >>> 0), Buffer.alloc(20)]);
  const body = Buffer.concat([Buffer.from("WEBPVP8L"), u32(data.length), data, Buffer.alloc(data.length % 2)]);
  return Buffer.concat([Buffer.from("RIFF"), u32(body.length), body]);
};
const MB = 1_000_000;

/** Small files that promise, or unfold to, far more than they are. */
export const imageBombs: HostileFile[] = [
  {
    what: "a PNG that unfolds to just more than may be",
    bytes: () => emptyPng(10_001, 10_000, deflateSync(Buffer.alloc(10_000 * (1 + 1251)))),
    ends: "failed too-many-pixels",
  },
  {
    what: "a PNG whose comment unfolds to 100 MB",
    bytes: async () =>
      pngWith("zTXt", Buffer.concat([Buffer.from("Comment\0\0"), deflateSync(Buffer.alloc(100 * MB, "A"))])),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a PNG whose profile unfolds to 100 MB",
    bytes: async () => pngWith("iCCP", Buffer.concat([Buffer.from("p\0\0"), deflateSync(Buffer.alloc(100 * MB))])),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a PNG with far more data than pixels",
    bytes: () => emptyPng(10, 10, deflateSync(Buffer.alloc(100 * MB))),
    ends: "succeeded",
  },
  {
    what: "a PNG with fewer data than pixels",
    bytes: () => emptyPng(900, 200, deflateSync(Buffer.alloc(100))),
    ends: "failed undecodable-file",
  },
  {
    what: "a PNG without extent",
    bytes: () => emptyPng(0, 0, deflateSync(Buffer.alloc(0))),
    ends: "failed undecodable-file",
  },
  {
    what: "a PNG one pixel high and very wide",
    bytes: () => emptyPng(2 * MB, 1, deflateSync(Buffer.alloc(250_001))),
    ends: "succeeded",
  },
  { what: "a JPEG of a thousand scans", bytes: async () => jpegScans(1000), ends: "failed undecodable-file" },
  { what: "a GIF of three thousand frames", bytes: () => gifOf(3000), ends: "failed too-many-pages" },
  { what: "a GIF of a hundred thousand frames", bytes: () => gifOf(100_000), ends: "failed too-many-pages" },
  { what: "a TIFF of three thousand directories", bytes: () => tiffOf(3000, () => 0), ends: "failed too-many-pages" },
  { what: "a TIFF whose directory leads to itself", bytes: () => tiffOf(1, (at) => at), ends: "succeeded" },
  { what: "a TIFF whose directories go in a circle", bytes: () => tiffOf(3, () => 8), ends: "succeeded" },
  {
    what: "a TIFF whose directory lies beyond its end",
    bytes: () => Buffer.concat([Buffer.from("II*\0"), u32(0xfffffff0)]),
    ends: "failed undecodable-file",
  },
  {
    what: "a TIFF whose directory has 65,535 entries",
    bytes: () => Buffer.concat([Buffer.from("II*\0"), u32(8), u16(0xffff), Buffer.alloc(1000)]),
    ends: "failed undecodable-file",
  },
  { what: "a WebP of 268 megapixels", bytes: () => webpHead(16_384, 16_384), ends: "failed undecodable-file" },
  {
    what: "a PNM of more pixels than bytes",
    bytes: () => Buffer.from("P5\n1000 1000000000\n255\nnothing"),
    ends: "failed undecodable-file",
  },
  { what: "a PNM without extent", bytes: () => Buffer.from("P6\n0 0\n255\n"), ends: "failed undecodable-file" },
  {
    what: "a PNM whose depth is no depth",
    bytes: () => Buffer.from(`P5\n9 9\n99999999999\n${"x".repeat(81)}`),
    ends: "failed undecodable-file",
  },
  {
    what: "a PNM of text that is none",
    bytes: () => Buffer.from("P2\n9 9\n255\nuno dos tres"),
    ends: "failed undecodable-file",
  },
  {
    what: "a BMP of less than nothing",
    bytes: () =>
      Buffer.concat([
        Buffer.from("BM"),
        u32(100),
        u32(0),
        u32(54),
        u32(40),
        u32(0x80000000),
        u32(0x80000000),
        u16(1),
        u16(24),
        Buffer.alloc(46),
      ]),
    ends: "failed undecodable-file",
  },
  {
    what: "a HEIC of a brand and nothing else",
    bytes: () => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic")]),
    ends: "failed undecodable-file",
  },
  {
    what: "an AVIF of a brand and nothing else",
    bytes: () => Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypavif\0\0\0\0mif1avif")]),
    ends: "failed undecodable-file",
  },
  {
    what: "a JPEG 2000 of a signature and nothing else",
    bytes: () => Buffer.from("0000000c6a5020200d0a870a00000014667479706a703220000000006a703220", "hex"),
    ends: "failed undecodable-file",
  },
  {
    what: "a JPEG 2000 codestream of noise",
    bytes: () => Buffer.concat([Buffer.from("ff4fff51002f0000", "hex"), Buffer.alloc(3000, 0xa5)]),
    ends: "failed undecodable-file",
  },
  {
    what: "a JPEG whose Exif leads to itself",
    bytes: async () =>
      jpegWith(
        0xe1,
        Buffer.concat([Buffer.from("Exif\0\0II*\0"), u32(8), u16(1), u16(0x8769), u16(4), u32(1), u32(8), u32(8)]),
      ),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a JPEG whose Exif turns it nine ways",
    bytes: async () =>
      jpegWith(
        0xe1,
        Buffer.concat([Buffer.from("Exif\0\0II*\0"), u32(8), u16(1), u16(0x0112), u16(3), u32(1), u32(9), u32(0)]),
      ),
    ends: "succeeded",
    says: LINE,
  },
];

/** Two things at once, told by the one the bytes begin with. */
export const polyglots: HostileFile[] = [
  {
    what: "a PNG with a PDF in its comment",
    bytes: async () => pngWith("tEXt", Buffer.from("Comment\0%PDF-1.7 1 0 obj")),
    ends: "415 unsupported-media-type",
  },
  {
    what: "a JPEG with a PDF in its comment",
    bytes: async () => jpegWith(0xfe, Buffer.from("%PDF-1.7 1 0 obj")),
    ends: "415 unsupported-media-type",
  },
  {
    what: "a GIF that is a PDF, too",
    bytes: () => Buffer.from("GIF89a\n%PDF-1.7\n1 0 obj"),
    ends: "415 unsupported-media-type",
  },
  {
    what: "a ZIP that is a PDF, too",
    bytes: () => Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(60), Buffer.from("%PDF-1.7\n")]),
    ends: "415 unsupported-media-type",
  },
  {
    what: "a PNG with a page for browsers at its end",
    bytes: async () => Buffer.concat([await page().png().toBuffer(), Buffer.from("<script>alert(1)</script>")]),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a JPEG with an archive at its end",
    bytes: async () =>
      Buffer.concat([await page().jpeg().toBuffer(), Buffer.from("PK\u0003\u0004evil.class"), Buffer.alloc(100)]),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a PNG with a page for browsers in its comment",
    bytes: async () => pngWith("tEXt", Buffer.from("Comment\0<?php system($_GET[0]); ?><script>")),
    ends: "succeeded",
    says: LINE,
  },
];
