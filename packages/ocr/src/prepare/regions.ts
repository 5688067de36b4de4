/** The frame of pixels that touch each other, right and bottom exclusive, and how many they are. */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
  pixels: number;
}

interface Run {
  start: number;
  end: number;
  label: number;
}

/** Sets of labels that have met; each is known by its root. */
const createLabels = () => {
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
  return {
    add: (): number => parents.push(parents.length) - 1,
    join: (one: number, other: number): void => {
      parents[rootOf(one)] = rootOf(other);
    },
    rootOf,
  };
};

const runsOf = (mask: Uint8Array, from: number, width: number): Run[] => {
  const runs: Run[] = [];
  let start = -1;
  for (let column = 0; column <= width; column += 1) {
    const inside = column < width && mask[from + column] !== 0;
    if (inside && start < 0) start = column;
    if (inside || start < 0) continue;
    runs.push({ start, end: column, label: -1 });
    start = -1;
  }
  return runs;
};

/**
 * The regions of a mask's pixels that are not 0, neighbours at the corner included: row by row, runs that touch a run above
 * belong to its region. A. Rosenfeld and J. L. Pfaltz, "Sequential Operations in Digital Picture Processing" (1966).
 */
export const findRegions = (mask: Uint8Array, width: number, height: number): Region[] => {
  const labels = createLabels();
  const rows: Run[][] = [];
  let above: Run[] = [];
  for (let row = 0; row < height; row += 1) {
    const runs = runsOf(mask, row * width, width);
    let first = 0;
    for (const run of runs) {
      while ((above[first]?.end ?? Infinity) < run.start) first += 1;
      for (let index = first; (above[index]?.start ?? Infinity) <= run.end; index += 1) {
        const { label } = above[index] ?? run;
        if (run.label < 0) run.label = label;
        else labels.join(label, run.label);
      }
      if (run.label < 0) run.label = labels.add();
    }
    rows.push(runs);
    above = runs;
  }
  return gather(rows, labels.rootOf);
};

const gather = (rows: Run[][], rootOf: (label: number) => number): Region[] => {
  const regions = new Map<number, Region>();
  for (const [row, runs] of rows.entries()) {
    for (const { start, end, label } of runs) {
      const root = rootOf(label);
      const region = regions.get(root) ?? { left: start, top: row, right: end, bottom: row + 1, pixels: 0 };
      region.left = Math.min(region.left, start);
      region.right = Math.max(region.right, end);
      region.bottom = row + 1;
      region.pixels += end - start;
      regions.set(root, region);
    }
  }
  return [...regions.values()];
};
