import { open } from "node:fs/promises";

const BRAND_AT = 8;
const HEAD_BYTES = 12;

/** Whether an AVIF is first of all a sequence of images, which libvips does not decode: its brand says so. */
export const isAvifSequence = async (path: string): Promise<boolean> => {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.toString("latin1", BRAND_AT) === "avis";
};

/** The contents of the boxes of a type, on the way given, that lie side by side (ISO base media file format, section 4.2). */
const contentsOf = (bytes: Buffer, [type, ...deeper]: string[]): Buffer[] => {
  if (type === undefined) return [bytes];
  const found: Buffer[] = [];
  for (let at = 0; at + 16 <= bytes.length;) {
    const said = bytes.readUInt32BE(at);
    const [head, size] = said === 1 ? [16, Number(bytes.readBigUInt64BE(at + 8))] : [8, said || bytes.length - at];
    if (size < head) break;
    if (bytes.toString("latin1", at + 4, at + 8) === type) found.push(bytes.subarray(at + head, at + size));
    at += size;
  }
  return found.flatMap((content) => contentsOf(content, deeper));
};

const SAMPLE_TABLE = ["mdia", "minf", "stbl"];
/** Version, flags and the number of entries come before the first entry of `stsd`. */
const ENTRIES_AT = 8;
/** Where an entry has width and height, in 16 bits each, and `stsz` the number of samples. */
const SIZE_AT = 32;
const COUNT_AT = 8;

const pixelsOfTrack = (track: Buffer): number => {
  const [table = Buffer.alloc(0)] = contentsOf(track, SAMPLE_TABLE);
  const [described] = contentsOf(table, ["stsd"]);
  const [samples] = [...contentsOf(table, ["stsz"]), ...contentsOf(table, ["stz2"])];
  const entry = described?.subarray(ENTRIES_AT);
  if (!samples || samples.length < COUNT_AT + 4 || !entry || entry.length < SIZE_AT + 4) return 0;
  return samples.readUInt32BE(COUNT_AT) * entry.readUInt16BE(SIZE_AT) * entry.readUInt16BE(SIZE_AT + 2);
};

/** Pixels of all frames together, as the head of an image sequence tells; 0 where there is none. */
export const pixelsOfSequence = (heif: Buffer): number =>
  Math.max(0, ...contentsOf(heif, ["moov", "trak"]).map(pixelsOfTrack));
