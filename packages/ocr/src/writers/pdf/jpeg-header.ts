import { openSync, closeSync, readSync } from "node:fs";

/** What a PDF has to say of a JPEG. */
export interface JpegHeader {
  width: number;
  height: number;
  components: 1 | 3 | 4;
  /** Whether Adobe's marker is there: then four inks are stored inverted. */
  adobe: boolean;
}

const START = 0xff_d8;
// Baseline, extended and progressive, Huffman-coded: what a PDF's DCTDecode takes.
const FRAMES = [0xc0, 0xc1, 0xc2];
const ADOBE = 0xee;
/** Markers at which the search ends: the pixels, the end. */
const ENDS = [0xda, 0xd9];
/** Bytes read of each segment: a frame's head, and Adobe's name. */
const SEGMENT_HEAD = 16;
const BITS = 8;

const isOneOf = (components: number | undefined): components is JpegHeader["components"] =>
  components === 1 || components === 3 || components === 4;

const frameOf = (head: Buffer): Omit<JpegHeader, "adobe"> | undefined => {
  const components = head[9];
  const [height, width] = [head.readUInt16BE(5), head.readUInt16BE(7)];
  // A height of 0 comes after the pixels.
  if (head[4] !== BITS || !isOneOf(components) || height === 0 || width === 0) return undefined;
  return { height, width, components };
};

/** The segments before the pixels, each by its marker and its first bytes. */
function* segmentsOf(file: number): Generator<{ marker: number; head: Buffer }> {
  const head = Buffer.alloc(SEGMENT_HEAD);
  const read = (at: number): boolean => readSync(file, head, 0, SEGMENT_HEAD, at) === SEGMENT_HEAD;
  if (!read(0) || head.readUInt16BE(0) !== START) return;
  for (let at = 2; read(at) && head[0] === 0xff;) {
    const marker = head[1] ?? 0;
    if (ENDS.includes(marker)) return;
    // A marker may be padded by any number of 0xff.
    if (marker !== 0xff) yield { marker, head };
    at += marker === 0xff ? 1 : 2 + head.readUInt16BE(2);
  }
}

/** Reads the header of a JPEG file; undefined for another file, and for a JPEG that a PDF cannot hold as it is. */
export const readJpegHeader = (path: string): JpegHeader | undefined => {
  const file = openSync(path, "r");
  try {
    let adobe = false;
    for (const { marker, head } of segmentsOf(file)) {
      if (marker === ADOBE && head.subarray(4, 9).toString("latin1") === "Adobe") adobe = true;
      const frame = FRAMES.includes(marker) ? frameOf(head) : undefined;
      if (frame) return { ...frame, adobe };
    }
    return undefined;
  } finally {
    closeSync(file);
  }
};
