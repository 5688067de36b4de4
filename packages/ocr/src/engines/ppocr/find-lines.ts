import { type InferenceSession, Tensor } from "onnxruntime-node";
import { fromPixels, type Pixels, toPixels } from "../../prepare/pixels.ts";
import { findRegions, type Region } from "../../prepare/regions.ts";
import { run, writePlane } from "./tensors.ts";

/** Longer pages are reduced to this: 1280 costs twice as much and finds hardly more. */
const LONGEST_SIDE = 960;
/** The network halves its image five times. */
const MULTIPLE = 32;
/** From which probability on a pixel is of the core of a line. */
const CORE = 0.3;
/** The mean that a core's frame must have, and its shortest side. */
const LIKELY = 0.45;
const SHORTEST_SIDE = 3;
/** How far a line reaches beyond its core, as a factor of its area over its circumference. */
const UNCLIP = 1.6;

/** Where a line of text is on a page, in its pixels, right and bottom exclusive. */
export type Frame = Omit<Region, "pixels">;

const meanWithin = (values: Float32Array, width: number, { left, top, right, bottom }: Region): number => {
  let sum = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let at = row * width + left; at < row * width + right; at += 1) sum += values[at] ?? 0;
  }
  return sum / ((right - left) * (bottom - top));
};

/** An image in which the cores of lines are dark. */
const drawCores = (values: Float32Array, width: number, height: number): Pixels => {
  const data = Buffer.alloc(values.length);
  for (let at = 0; at < data.length; at += 1) data[at] = (values[at] ?? 0) > CORE ? 0 : 1;
  return { data, width, height };
};

/**
 * Finds the lines of a level page by a network that was trained to paint their cores, which do not touch each other: M. Liao
 * et al., "Real-time Scene Text Detection with Differentiable Binarization" (2020). Lines lie, so a frame stands for a polygon.
 */
export const findLines = async (detector: InferenceSession, page: Pixels): Promise<Frame[]> => {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(page.width, page.height));
  const [width, height] = [page.width, page.height].map(
    (side) => Math.max(1, Math.round((side * scale) / MULTIPLE)) * MULTIPLE,
  );
  if (!width || !height) return [];
  const reduced = await toPixels(fromPixels(page).resize(width, height, { fit: "fill", kernel: "linear" }));
  const input = new Float32Array(3 * width * height);
  writePlane(reduced, { into: input, from: 0, rowLength: width, planeLength: width * height });
  const { values } = await run(detector, new Tensor("float32", input, [1, 3, height, width]));

  const cores = findRegions(drawCores(values, width, height), 0);
  const [across, down] = [page.width / width, page.height / height];
  return cores
    .filter(({ left, top, right, bottom }) => Math.min(right - left, bottom - top) >= SHORTEST_SIDE)
    .filter((core) => meanWithin(values, width, core) >= LIKELY)
    .map(({ left, top, right, bottom }) => {
      const margin = ((right - left) * (bottom - top) * UNCLIP) / (2 * (right - left + bottom - top));
      return {
        left: Math.max(0, Math.floor((left - margin) * across)),
        top: Math.max(0, Math.floor((top - margin) * down)),
        right: Math.min(page.width, Math.ceil((right + margin) * across)),
        bottom: Math.min(page.height, Math.ceil((bottom + margin) * down)),
      };
    });
};
