import { damaged } from "./frame.ts";
import { chunksOf, type PngChunk, writePng } from "./png-chunks.ts";
import { type Animation, SEQUENCE_BYTES, type StoredFrame } from "./read-animation.ts";

/** The compressed pixels of a frame. */
const pixelsOf = (png: Buffer, frame: StoredFrame): PngChunk[] => {
  const pixels: PngChunk[] = [];
  for (const { type, data, isSound } of chunksOf(png, frame.start)) {
    if (type === "fcTL") break;
    if (type !== frame.pixels) continue;
    if (!isSound()) throw damaged("the bytes of a frame have changed");
    pixels.push({ type: "IDAT", data: type === "fdAT" ? data.subarray(SEQUENCE_BYTES) : data });
  }
  return pixels;
};

/** A frame of an animated PNG as a PNG of its own, for the decoder of those. */
export const frameAsPng = (png: Buffer, { shared }: Animation, frame: StoredFrame): Buffer => {
  const [header, ...others] = shared;
  if (!header) throw damaged("it has no header");
  const data = Buffer.from(header.data);
  data.writeUInt32BE(frame.width, 0);
  data.writeUInt32BE(frame.height, 4);
  return writePng([{ type: header.type, data }, ...others, ...pixelsOf(png, frame)]);
};
