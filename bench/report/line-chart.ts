/** A curve as an SVG picture, its axes from 0. */
interface Chart {
  title: string;
  /** What the axes count. */
  x: string;
  y: string;
  points: readonly (readonly [x: number, y: number])[];
}

const SIZE = { width: 800, height: 320 };
const MARGIN = { left: 64, right: 16, top: 40, bottom: 48 };
const TICKS = 4;

/** The next number that is 1, 2 or 5 with zeros. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10);
};

/** Draws a curve; nothing in it depends on the machine it is looked at with. */
export const lineChart = ({ title, x, y, points }: Chart): string => {
  const most = { x: Math.max(...points.map(([at]) => at)), y: roundUp(Math.max(...points.map(([, value]) => value))) };
  const [wide, high] = [SIZE.width - MARGIN.left - MARGIN.right, SIZE.height - MARGIN.top - MARGIN.bottom];
  const across = (value: number): string => (MARGIN.left + (value / most.x) * wide).toFixed(1);
  const down = (value: number): string => (MARGIN.top + (1 - value / most.y) * high).toFixed(1);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  const floor = MARGIN.top + high;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${SIZE.width}" height="${SIZE.height}" fill="white"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="14">${title}</text>`,
    ...ticks.flatMap((share) => [
      `<line x1="${MARGIN.left}" x2="${MARGIN.left + wide}" y1="${down(share * most.y)}" y2="${down(share * most.y)}" stroke="#ddd"/>`,
      `<text x="${MARGIN.left - 8}" y="${down(share * most.y)}" dy="4" text-anchor="end">${share * most.y}</text>`,
      `<text x="${across(share * most.x)}" y="${floor + 18}" text-anchor="middle">${Math.round(share * most.x)}</text>`,
    ]),
    `<text x="${MARGIN.left + wide / 2}" y="${floor + 38}" text-anchor="middle">${x}</text>`,
    `<text x="${MARGIN.left}" y="${MARGIN.top - 4}" text-anchor="end">${y}</text>`,
    `<polyline fill="none" stroke="#1f5fa8" stroke-width="1.5" points="${points.map(([at, value]) => `${across(at)},${down(value)}`).join(" ")}"/>`,
    "</svg>\n",
  ].join("\n");
};
