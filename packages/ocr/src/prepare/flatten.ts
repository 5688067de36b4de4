import { fromPixels, type Pixels, toPixels } from "./pixels.ts";
import type { Step } from "./step.ts";

/** Pixels of the page to a side of a cell, whose paper is taken as equally bright. */
const CELL = 24;
/** Every so many pixels to either side are looked at: the rest of a cell says the same. */
const SAMPLED = 3;
/** Share of a cell that is darker than its paper: letters fill less of a cell than this. */
const PAPER = 0.85;
/** Cells to a side among which a cell is compared. */
const AROUND = 5;
/** What paper becomes; a little is left for what is brighter. */
const WHITE = 250;
/** Share of the cells that may be darker on paper that is white: pictures and large letters are. */
const COVERED = 0.05;

/** The brightness of the paper in each cell of a sample: a high percentile, so that ink does not count. */
const paperOf = ({ data, width, height }: Pixels, cell: number): Pixels => {
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const paper = Buffer.alloc(columns * rows);
  const values = new Uint8Array(cell * cell);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let count = 0;
      for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y += 1) {
        const [from, to] = [y * width + column * cell, y * width + Math.min(width, (column + 1) * cell)];
        values.set(data.subarray(from, to), count);
        count += to - from;
      }
      const sorted = values.subarray(0, count).toSorted();
      paper[row * columns + column] = sorted[Math.min(count - 1, Math.floor(count * PAPER))] ?? 0;
    }
  }
  return { data: paper, width: columns, height: rows };
};

/** Under large letters and pictures there is no paper: a cell is at least as bright as most cells around it. */
const raiseToNeighbours = async (paper: Pixels): Promise<Pixels> => {
  if (Math.min(paper.width, paper.height) < AROUND) return paper;
  const around = await toPixels(fromPixels(paper).median(AROUND));
  return { ...paper, data: Buffer.from(paper.data.map((value, at) => Math.max(value, around.data[at] ?? 0))) };
};

/** The brightness of the paper in each cell of an image. */
const findPaper = async (image: Pixels): Promise<Pixels> => {
  const [columns, rows] = [Math.ceil(image.width / SAMPLED), Math.ceil(image.height / SAMPLED)];
  const sample = await toPixels(fromPixels(image).resize(columns, rows, { fit: "fill", kernel: "nearest" }));
  return raiseToNeighbours(paperOf(sample, CELL / SAMPLED));
};

const isWhite = ({ data }: Pixels): boolean => (data.toSorted()[Math.floor(data.length * COVERED)] ?? 0) >= WHITE;

/** Whether the paper of an image is white all over, so that there is nothing to make even. */
export const hasWhitePaper = async (image: Pixels): Promise<boolean> => isWhite(await findPaper(image));

/** Makes the paper evenly white: shadows, folds and grey paper are divided out. */
export const flatten: Step = {
  name: "flatten",
  async apply(image) {
    const { width, height } = image;
    const paper = await findPaper(image);
    if (isWhite(paper)) return undefined;
    const smooth = fromPixels(paper).blur(1).resize(width, height, { fit: "fill", kernel: "linear" });
    const background = await toPixels(smooth);
    const data = Buffer.allocUnsafe(image.data.length);
    for (let at = 0; at < data.length; at += 1) {
      data[at] = Math.min(255, ((image.data[at] ?? 0) * WHITE) / Math.max(1, background.data[at] ?? 0));
    }
    return { image: { ...image, data } };
  },
};
