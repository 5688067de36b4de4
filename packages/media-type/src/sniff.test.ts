import { describe, expect, it } from "vitest";
import { sniff } from "./sniff.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55", "hex");
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
/** What ISO base media files begin with: of HEIF, JPEG 2000 and films the brand tells which. */
const brand = (name: string): Buffer => bytes(`\0\0\0\x18ftyp${name}\0\0\0\0${name}mif1`);

describe("a file is told by its first bytes", () => {
  it.each([
    ["image/png", PNG],
    ["image/apng", Buffer.concat([PNG, bytes("\0\0\0\x08acTL\0\0\0\x03\0\0\0\0")])],
    ["image/jpeg", bytes("\xff\xd8\xff\xe0\0\x10JFIF\0")],
    ["image/gif", bytes("GIF89a\x01\0\x01\0")],
    ["image/tiff", bytes("II*\0\x08\0\0\0")],
    ["image/tiff", bytes("MM\0+\0\x08\0\0")],
    ["image/bmp", bytes("BM\x1a\0\0\0\0\0\0\0\x1a\0\0\0")],
    ["image/x-portable-anymap", bytes("P5\n# by hand\n10 20\n255\n")],
    ["image/x-portable-anymap", bytes("P7\nWIDTH 10\nHEIGHT 20\n")],
    ["image/j2c", bytes("\xff\x4f\xff\x51\0\x2f")],
    ["image/heic", brand("heic")],
    ["image/heif", brand("mif1")],
    ["image/heic-sequence", brand("hevc")],
    ["image/heif-sequence", brand("msf1")],
    ["image/avif", brand("avif")],
    ["image/avif", brand("avis")],
    ["application/pdf", bytes("%PDF-1.7\n")],
    ["application/pdf", bytes("From: a printer\r\n\r\n%PDF-1.7\n")],
  ])("%s", async (mediaType, head) => {
    expect(await sniff(head)).toBe(mediaType);
  });
});

describe("a file is refused, naming what it is and what is supported", () => {
  it.each([
    ["a letter", "of no type that is known here", bytes("P4 your attention: 5 sheets")],
    ["SVG, which is a program", "of the type application/xml", bytes('<?xml version="1.0"?><svg xmlns="…"/>')],
    ["SVG without a prologue", "of no type that is known here", bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ["PostScript, which is a program", "of the type application/eps", bytes("%!PS-Adobe-3.0 EPSF-3.0\n")],
    ["an archive", "of the type application/zip", bytes("PK\x03\x04\x14\0\0\0\0\0")],
    ["a film", "of the type video/mp4", brand("isom")],
    ["a camera's raw data in TIFF's clothes", "of the type image/x-canon-cr2", bytes("II*\0\x10\0\0\0CR\x02\0")],
    [
      "a picture that is a PDF too",
      "of two types at once, image/png and application/pdf",
      Buffer.concat([PNG, bytes("%PDF-1.7\n")]),
    ],
    ["XML that is a PDF too", "of two types at once", bytes('<?xml version="1.0"?><svg>%PDF-1.7')],
  ])("%s", async (_, what, head) => {
    const refused = expect(sniff(head)).rejects;
    await refused.toMatchObject({ code: "unsupported-media-type" });
    await refused.toThrow(what);
    await refused.toThrow("Supported: image/png, image/jpeg,");
  });

  it("that has no bytes", async () => {
    await expect(sniff(Buffer.alloc(0))).rejects.toMatchObject({ code: "empty-file" });
  });
});
