import { damaged, type Frame, isWhole, readFrame } from "./frame.ts";
import { chunksOf, type PngChunk, type ReadChunk } from "./png-chunks.ts";

/** A frame and where its pixels are: in the chunks of this type from `start` to the next frame. */
export interface StoredFrame extends Frame {
  pixels: "IDAT" | "fdAT";
  start: number;
}

export interface Animation {
  width: number;
  height: number;
  frames: StoredFrame[];
  /** The chunks by which the pixels of every frame are read, the header first. */
  shared: PngChunk[];
}

const SHARED = new Set(["IHDR", "PLTE", "tRNS", "iCCP", "sRGB", "gAMA", "cHRM"]);
const ACTL_BYTES = 8;
/** The number with which the data of `fcTL` and `fdAT` begin. */
export const SEQUENCE_BYTES = 4;

/** Checks that the chunks of an animation are numbered from 0 on. */
const createCheckNumber = () => {
  let next = 0;
  return (data: Buffer): void => {
    if (data.length < SEQUENCE_BYTES || data.readUInt32BE(0) !== next) throw damaged("its parts are out of order");
    next += 1;
  };
};

/**
 * Finds the frames of an animated PNG (PNG specification, third edition, section 11.3.6) without decoding them. The default
 * image is one of them if a frame's description comes before it.
 * @throws ProblemError 422 unless every frame that is announced is there, in order and within the picture
 */
export const readAnimation = (png: Buffer, canvas: { width: number; height: number }): Animation => {
  const frames: StoredFrame[] = [];
  const shared: PngChunk[] = [];
  const checkNumber = createCheckNumber();
  let announced: number | undefined;
  let pixels: StoredFrame["pixels"] = "IDAT";
  let lacksPixels = false;
  let isComplete = false;

  const take = new Map<string, (chunk: ReadChunk) => void>([
    [
      "acTL",
      ({ data }) => {
        if (announced !== undefined || data.length !== ACTL_BYTES) throw damaged("it is described wrongly");
        announced = data.readUInt32BE(0);
      },
    ],
    [
      "fcTL",
      ({ data, isSound, end }) => {
        if (lacksPixels) throw damaged("a frame is missing");
        if (!isSound()) throw damaged("a frame is described wrongly");
        checkNumber(data);
        const frame = readFrame(data, canvas);
        if (pixels === "IDAT" && !isWhole(frame, canvas)) throw damaged("its first frame is not all of the picture");
        frames.push({ ...frame, pixels, start: end });
        lacksPixels = true;
      },
    ],
    [
      "IDAT",
      () => {
        pixels = "fdAT";
        lacksPixels = false;
      },
    ],
    [
      "fdAT",
      ({ data }) => {
        checkNumber(data);
        if (frames.at(-1)?.pixels !== "fdAT") throw damaged("its parts are out of order");
        lacksPixels = false;
      },
    ],
    [
      "IEND",
      () => {
        isComplete = true;
      },
    ],
  ]);
  for (const chunk of chunksOf(png)) {
    const { type, data } = chunk;
    if (SHARED.has(type) && pixels === "IDAT") shared.push({ type, data });
    take.get(type)?.(chunk);
  }
  if (!isComplete) throw damaged("it is cut short");
  if (lacksPixels || frames.length === 0 || frames.length !== announced) throw damaged("a frame is missing");
  return { ...canvas, frames, shared };
};
