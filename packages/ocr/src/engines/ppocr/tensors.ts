import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { Pixels } from "../../prepare/pixels.ts";

/** Half of white: the networks were trained on values from -1 to 1. */
const GREY = 127.5;

/** Writes grey pixels as three equal planes, row by row; the room behind short rows stays 0. */
export const writePlane = (
  { data, width, height }: Pixels,
  { into, from, rowLength, planeLength }: { into: Float32Array; from: number; rowLength: number; planeLength: number },
): void => {
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      into[from + row * rowLength + column] = (data[row * width + column] ?? 0) / GREY - 1;
    }
  }
  for (const plane of [1, 2]) into.copyWithin(from + plane * planeLength, from, from + planeLength);
};

/** Runs a network of one input and one output. */
export const run = async (
  session: InferenceSession,
  input: Tensor,
): Promise<{ values: Float32Array; shape: readonly number[] }> => {
  const [inputName = "", outputName = ""] = [session.inputNames[0], session.outputNames[0]];
  const output = (await session.run({ [inputName]: input }))[outputName];
  if (!(output?.data instanceof Float32Array)) throw new Error("A network gave no numbers.");
  return { values: output.data, shape: output.dims };
};
