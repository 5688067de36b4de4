import type { Pixels } from "./pixels.ts";

/** The frame of pixels that touch each other, right and bottom exclusive, and how many they are. */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
  pixels: number;
}

/** The runs of dark pixels in a row, right ends exclusive, and the region of each. Arrays of numbers, since a page has very many. */
interface Runs {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  labels: Int32Array;
}

const createRuns = (width: number): Runs => {
  const most = Math.ceil(width / 2);
  return { count: 0, starts: new Int32Array(most), ends: new Int32Array(most), labels: new Int32Array(most) };
};

const findRuns = (data: Uint8Array, threshold: number, { from, till }: { from: number; till: number }, runs: Runs) => {
  runs.count = 0;
  for (let at = from; at < till; at += 1) {
    if ((data[at] ?? 0) > threshold) continue;
    const start = at;
    while (at < till && (data[at] ?? 0) <= threshold) at += 1;
    runs.starts[runs.count] = start - from;
    runs.ends[runs.count] = at - from;
    runs.count += 1;
  }
};

/** Regions by label. Those that turn out to be one are known by the lowest of their labels. */
const createRegions = () => {
  const regions: Region[] = [];
  const parents: number[] = [];
  const rootOf = (label: number): number => {
    let root = label;
    for (let parent = parents[root] ?? root; parent !== root; parent = parents[root] ?? root) {
      // Halving the path keeps later walks short.
      parents[root] = parents[parent] ?? parent;
      root = parent;
    }
    return root;
  };
  const widen = (label: number, { left, top, right, bottom, pixels }: Region): void => {
    const region = regions[label];
    if (!region) return;
    region.left = Math.min(region.left, left);
    region.top = Math.min(region.top, top);
    region.right = Math.max(region.right, right);
    region.bottom = Math.max(region.bottom, bottom);
    region.pixels += pixels;
  };

  return {
    /** Widens the region of this label, or begins one; its label comes back. */
    grow: (label: number | undefined, region: Region): number => {
      if (label !== undefined) {
        widen(rootOf(label), region);
        return label;
      }
      regions.push(region);
      return parents.push(parents.length) - 1;
    },
    join: (one: number, other: number): void => {
      const roots = [rootOf(one), rootOf(other)];
      const [root, child] = [Math.min(...roots), Math.max(...roots)];
      const joined = regions[child];
      if (root === child || !joined) return;
      parents[child] = root;
      widen(root, joined);
    },
    all: (): Region[] => regions.filter((_, label) => parents[label] === label),
  };
};

/** Gives each run of a row the region of the runs above that it touches, which become one by that, or a new one. */
const labelRuns = (runs: Runs, above: Runs, row: number, regions: ReturnType<typeof createRegions>): void => {
  let first = 0;
  for (let index = 0; index < runs.count; index += 1) {
    const [left, right] = [runs.starts[index] ?? 0, runs.ends[index] ?? 0];
    while (first < above.count && (above.ends[first] ?? 0) < left) first += 1;
    const region = { left, top: row, right, bottom: row + 1, pixels: right - left };
    let label: number | undefined;
    for (let touched = first; touched < above.count && (above.starts[touched] ?? 0) <= right; touched += 1) {
      const other = above.labels[touched] ?? 0;
      if (label === undefined) label = other;
      else regions.join(label, other);
    }
    runs.labels[index] = regions.grow(label, region);
  }
};

/**
 * The regions of pixels that are at most as bright as the threshold, neighbours at the corner included: row by row, runs that
 * touch a run above belong to its region. A. Rosenfeld and J. L. Pfaltz, "Sequential Operations in Digital Picture
 * Processing" (1966).
 */
export const findRegions = ({ data, width, height }: Pixels, threshold: number): Region[] => {
  const regions = createRegions();
  let [above, runs] = [createRuns(width), createRuns(width)];
  for (let row = 0; row < height; row += 1) {
    findRuns(data, threshold, { from: row * width, till: (row + 1) * width }, runs);
    labelRuns(runs, above, row, regions);
    [above, runs] = [runs, above];
  }
  return regions.all();
};
