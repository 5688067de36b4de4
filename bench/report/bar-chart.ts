import { axisOf, frame, SIZE } from "./frame.ts";

/** Bars in groups, one colour for each series, as an SVG picture whose axis begins at 0. */
interface Chart {
  title: string;
  /** What the axis counts. */
  y: string;
  series: readonly string[];
  /** Values in the order of the series. */
  groups: readonly { name: string; values: readonly number[] }[];
}

const COLOURS = ["#9aa5b1", "#d9a441", "#1f5fa8", "#2c8c6a", "#8a4f9e"];
const GAP = 0.25;

/** Draws the bars; nothing in it depends on the machine it is looked at with. */
export const barChart = ({ title, y, series, groups }: Chart): string => {
  const axis = axisOf(Math.max(...groups.flatMap(({ values }) => values)));
  const group = SIZE.wide / groups.length;
  const bar = (group * (1 - GAP)) / series.length;
  const bars = groups.flatMap(({ name, values }, index) => {
    const left = SIZE.left + index * group + (group * GAP) / 2;
    return [
      ...values.map((value, at) => {
        const top = axis.down(value);
        return `<rect x="${(left + at * bar).toFixed(1)}" y="${top.toFixed(1)}" width="${bar.toFixed(1)}" height="${(SIZE.floor - top).toFixed(1)}" fill="${COLOURS[at % COLOURS.length]}"/>`;
      }),
      `<text x="${(left + (group * (1 - GAP)) / 2).toFixed(1)}" y="${SIZE.floor + 18}" text-anchor="middle" font-size="10">${name}</text>`,
    ];
  });
  const legend = series.flatMap((name, at) => {
    const x = SIZE.left + at * (SIZE.wide / series.length);
    return [
      `<rect x="${x.toFixed(1)}" y="${SIZE.floor + 30}" width="10" height="10" fill="${COLOURS[at % COLOURS.length]}"/>`,
      `<text x="${(x + 14).toFixed(1)}" y="${SIZE.floor + 39}">${name}</text>`,
    ];
  });
  return frame({ title, y, axis }, [...bars, ...legend]);
};
