import { crc32 } from "node:zlib";

export interface PngChunk {
  type: string;
  data: Buffer;
}

export interface ReadChunk extends PngChunk {
  /** Whether the checksum behind the data is theirs. */
  isSound: () => boolean;
  /** Where the next chunk begins. */
  end: number;
}

export const PNG_SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** Length and type before the data, checksum behind them. */
export const CHUNK_FRAMING = 12;

/** The chunks of a PNG in their order, `IEND` the last; they end earlier where the file does. */
export function* chunksOf(png: Buffer, from = PNG_SIGNATURE.length): Generator<ReadChunk> {
  for (let at = from; at + CHUNK_FRAMING <= png.length;) {
    const end = at + CHUNK_FRAMING + png.readUInt32BE(at);
    if (end > png.length) return;
    const summed = png.subarray(at + 4, end - 4);
    const type = summed.toString("latin1", 0, 4);
    yield { type, data: summed.subarray(4), isSound: () => crc32(summed) === png.readUInt32BE(end - 4), end };
    if (type === "IEND") return;
    at = end;
  }
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A PNG of these chunks and `IEND`. */
export const writePng = (chunks: PngChunk[]): Buffer =>
  Buffer.concat([
    PNG_SIGNATURE,
    ...[...chunks, { type: "IEND", data: Buffer.alloc(0) }].flatMap(({ type, data }) => {
      const name = Buffer.from(type, "latin1");
      return [word(data.length), name, data, word(crc32(data, crc32(name)))];
    }),
  ]);
