import type { Box } from "@lectura/contracts";
import type { ReadBlock, ReadLine } from "../engine.ts";
import { unite } from "./measure-line.ts";

/** Share of the lower of two lines that lies beside the other where they are one row. */
const SAME_ROW = 0.5;
/** Heights of a line between it and the next one of its block. */
const NEAR = 1.2;

const overlap = (from: number, to: number, otherFrom: number, otherTo: number): number =>
  Math.min(to, otherTo) - Math.max(from, otherFrom);

const heightOf = ([, top, , bottom]: Box): number => bottom - top;

const areBesideEachOther = (one: Box, other: Box): boolean =>
  overlap(one[1], one[3], other[1], other[3]) > SAME_ROW * Math.min(heightOf(one), heightOf(other));

const joinRow = (row: ReadLine[]): ReadLine => {
  const lines = row.toSorted((one, other) => one.bbox[0] - other.bbox[0]);
  const bbox = unite(lines.map((line) => line.bbox));
  const feet = lines.map(({ baseline }) => baseline[0][1]);
  const y = feet.reduce((sum, value) => sum + value, 0) / feet.length;
  return {
    bbox,
    baseline: [
      [bbox[0], y],
      [bbox[2], y],
    ],
    words: lines.flatMap(({ words }) => words),
  };
};

const middleOf = ({ bbox: [, top, , bottom] }: ReadLine): number => (top + bottom) / 2;

/** Lines from top to bottom, those side by side as one. */
const inRows = (lines: ReadLine[]): ReadLine[] => {
  const rows: ReadLine[][] = [];
  for (const line of lines.toSorted((one, other) => middleOf(one) - middleOf(other))) {
    const row = rows.at(-1);
    if (row?.every(({ bbox }) => areBesideEachOther(bbox, line.bbox))) row.push(line);
    else rows.push([line]);
  }
  return rows.map(joinRow);
};

const toBlock = (lines: ReadLine[], kind: ReadBlock["kind"]): ReadBlock => {
  const rows = inRows(lines);
  return { kind, bbox: unite(rows.map(({ bbox }) => bbox)), lines: rows };
};

/** Lines that follow each other closely, one below the other. */
const gather = (lines: ReadLine[]): ReadLine[][] => {
  const groups: ReadLine[][] = [];
  for (const line of lines.toSorted((one, other) => one.bbox[1] - other.bbox[1])) {
    const [left, top, right, bottom] = line.bbox;
    const group = groups.find((candidate) => {
      const above = unite(candidate.map(({ bbox }) => bbox));
      return overlap(left, right, above[0], above[2]) > 0 && top - above[3] < NEAR * (bottom - top);
    });
    if (group) group.push(line);
    else groups.push([line]);
  }
  return groups;
};

/** The block of a layout in which most of a line lies. */
const homeOf = ({ bbox: [left, top, right, bottom] }: ReadLine, layout: readonly Pick<ReadBlock, "bbox">[]): number => {
  const areas = layout.map(
    ({ bbox }) =>
      Math.max(0, overlap(left, right, bbox[0], bbox[2])) * Math.max(0, overlap(top, bottom, bbox[1], bbox[3])),
  );
  const most = Math.max(0, ...areas);
  return most > ((right - left) * (bottom - top)) / 2 ? areas.indexOf(most) : -1;
};

/**
 * Puts lines into the blocks of another engine's layout, in its reading order. Lines that it did not see become blocks of
 * their own, each before the first block that lies wholly below it.
 */
export const arrange = (lines: ReadLine[], layout: readonly Pick<ReadBlock, "bbox" | "kind">[]): ReadBlock[] => {
  const texts = layout.filter(({ kind }) => kind !== "image");
  const homes = Map.groupBy(lines, (line) => homeOf(line, texts));
  const arranged = texts.flatMap(({ kind }, index) => {
    const own = homes.get(index);
    return own ? [toBlock(own, kind)] : [];
  });
  for (const group of gather(homes.get(-1) ?? [])) {
    const block = toBlock(group, "text");
    const next = arranged.findIndex(({ bbox }) => bbox[1] >= (block.bbox[1] + block.bbox[3]) / 2);
    arranged.splice(next < 0 ? arranged.length : next, 0, block);
  }
  return arranged;
};
