import { axisOf, frame, SIZE } from "./frame.ts";

/** A curve as an SVG picture, its axes from 0. */
interface Chart {
  title: string;
  /** What the axes count. */
  x: string;
  y: string;
  points: readonly (readonly [x: number, y: number])[];
}

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Draws a curve; nothing in it depends on the machine it is looked at with. */
export const lineChart = ({ title, x, y, points }: Chart): string => {
  const axis = axisOf(Math.max(...points.map(([, value]) => value)));
  const furthest = Math.max(...points.map(([at]) => at));
  const across = (value: number): string => (SIZE.left + (value / furthest) * SIZE.wide).toFixed(1);
  const curve = points.map(([at, value]) => `${across(at)},${axis.down(value).toFixed(1)}`).join(" ");
  return frame({ title, y, axis }, [
    ...QUARTERS.map(
      (share) =>
        `<text x="${across(share * furthest)}" y="${SIZE.floor + 18}" text-anchor="middle">${Math.round(share * furthest)}</text>`,
    ),
    `<text x="${SIZE.left + SIZE.wide / 2}" y="${SIZE.floor + 38}" text-anchor="middle">${x}</text>`,
    `<polyline fill="none" stroke="#1f5fa8" stroke-width="1.5" points="${curve}"/>`,
  ]);
};
