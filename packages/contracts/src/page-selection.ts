import { z } from "zod";

const RANGE = /^([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/;

const parseRanges = (text: string): [from: number, to: number][] | undefined => {
  const ranges: [number, number][] = [];
  for (const part of text.split(",")) {
    const match = RANGE.exec(part.trim());
    if (!match) return undefined;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (to < from) return undefined;
    ranges.push([from, to]);
  }
  return ranges;
};

const canonical = (ranges: [number, number][]): string => {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
};

/** Pages by number from 1, as `1-3,7`; sorted and merged when parsed, so that equal selections are equal strings. */
export const PageSelection = z
  .string()
  .max(2000)
  .transform((text, context) => {
    const ranges = parseRanges(text);
    if (ranges) return canonical(ranges);
    context.addIssue({ code: "custom", message: "must be page numbers and ranges from 1, such as 1-3,7" });
    return z.NEVER;
  });

/** The selected page numbers of a source with `total` pages, ascending; numbers beyond the end select nothing. */
export const selectPages = (selection: string | null, total: number): number[] => {
  if (selection === null) return Array.from({ length: total }, (_, index) => index + 1);
  return (parseRanges(selection) ?? []).flatMap(([from, to]) =>
    Array.from({ length: Math.max(0, Math.min(to, total) - from + 1) }, (_, index) => from + index),
  );
};
