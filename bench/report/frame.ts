const MARGIN = { left: 64, right: 16, top: 40, bottom: 48 };
const [WIDTH, HEIGHT] = [800, 320];
const TICKS = 4;

/** Where a chart's own marks go. */
export const SIZE = {
  left: MARGIN.left,
  wide: WIDTH - MARGIN.left - MARGIN.right,
  floor: HEIGHT - MARGIN.bottom,
};
const HIGH = SIZE.floor - MARGIN.top;

/** The next number that is 1, 2 or 5 with zeros. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
};

/** An upright axis from 0 to beyond the highest value. */
export const axisOf = (highest: number) => {
  const most = roundUp(highest);
  return {
    /** How far down the picture a value stands. */
    down: (value: number): number => MARGIN.top + (1 - value / most) * HIGH,
    ticks: Array.from({ length: TICKS + 1 }, (_, index) => (index / TICKS) * most),
  };
};

/** A picture with title, upright axis and what is drawn into it. */
export const frame = (
  { title, y, axis }: { title: string; y: string; axis: ReturnType<typeof axisOf> },
  marks: readonly string[],
): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${SIZE.left}" y="24" font-size="14">${title}</text>`,
    ...axis.ticks.flatMap((value) => {
      const at = axis.down(value).toFixed(1);
      return [
        `<line x1="${SIZE.left}" x2="${SIZE.left + SIZE.wide}" y1="${at}" y2="${at}" stroke="#ddd"/>`,
        `<text x="${SIZE.left - 8}" y="${at}" dy="4" text-anchor="end">${value}</text>`,
      ];
    }),
    `<text x="${SIZE.left}" y="${MARGIN.top - 4}" text-anchor="end">${y}</text>`,
    ...marks,
    "</svg>\n",
  ].join("\n");
