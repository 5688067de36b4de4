import { type InferenceSession, Tensor } from "onnxruntime-node";
import { fromPixels, type Pixels, toPixels } from "../../prepare/pixels.ts";
import { decode, type ReadCharacter } from "./decode.ts";
import type { Frame } from "./find-lines.ts";
import { run, writePlane } from "./tensors.ts";

/** The recogniser's height of a line; it looks at every eighth column. */
const HEIGHT = 48;
const COLUMNS = 8;
const NARROWEST = 16;
/** Lines read together: of about the same width, since all are as long as the longest. */
const BATCH = 8;
const ABOUT = 1.15;

/** A line as it was read, in the pixels that the recogniser saw. */
export interface RawLine {
  frame: Frame;
  pixels: Pixels;
  characters: ReadCharacter[];
}

const cut = async (page: Pixels, frame: Frame): Promise<{ frame: Frame; pixels: Pixels }> => {
  const { left, top } = frame;
  const [width, height] = [frame.right - left, frame.bottom - top];
  const long = Math.max(NARROWEST, Math.ceil((HEIGHT * width) / height));
  const pixels = fromPixels(page)
    .extract({ left, top, width, height })
    .resize(long, HEIGHT, { fit: "fill", kernel: "linear" });
  return { frame, pixels: await toPixels(pixels) };
};

const widthOf = (frame: Frame): number => (frame.right - frame.left) / (frame.bottom - frame.top);

/** Frames in groups that are read together, from the narrowest. */
const inBatches = (frames: Frame[]): Frame[][] => {
  const batches: Frame[][] = [];
  for (const frame of frames.toSorted((one, other) => widthOf(one) - widthOf(other))) {
    const batch = batches.at(-1);
    const first = batch?.[0];
    if (batch && first && batch.length < BATCH && widthOf(frame) <= ABOUT * widthOf(first)) batch.push(frame);
    else batches.push([frame]);
  }
  return batches;
};

/** Reads the lines of a page, those without any character left out. */
export const readLines = async (
  recogniser: InferenceSession,
  { page, frames, characters }: { page: Pixels; frames: Frame[]; characters: string[] },
): Promise<RawLine[]> => {
  const lines: RawLine[] = [];
  for (const batch of inBatches(frames)) {
    const cuts = await Promise.all(batch.map((frame) => cut(page, frame)));
    const width = Math.ceil(Math.max(...cuts.map(({ pixels }) => pixels.width)) / COLUMNS) * COLUMNS;
    const planeLength = HEIGHT * width;
    const input = new Float32Array(cuts.length * 3 * planeLength);
    for (const [index, { pixels }] of cuts.entries()) {
      writePlane(pixels, { into: input, from: index * 3 * planeLength, rowLength: width, planeLength });
    }
    const { values, shape } = await run(recogniser, new Tensor("float32", input, [cuts.length, 3, HEIGHT, width]));
    const [, steps = 0, classes] = shape;
    if (classes !== characters.length) throw new Error(`${classes} classes for ${characters.length} characters.`);
    for (const [index, { frame, pixels }] of cuts.entries()) {
      const probabilities = values.subarray(index * steps * classes, (index + 1) * steps * classes);
      const read = decode(probabilities, { characters, columns: width / steps });
      if (read.length > 0) lines.push({ frame, pixels, characters: read });
    }
  }
  return lines;
};
