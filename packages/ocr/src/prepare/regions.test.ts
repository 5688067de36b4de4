import { describe, expect, it } from "vitest";
import { findRegions } from "./regions.ts";

/** Of an image drawn with # for what is dark. */
const regionsOf = (...rows: string[]) => {
  const data = Buffer.from(rows.join("").replaceAll("#", "\u0007").replaceAll(".", "\u0008"));
  return findRegions({ data, width: rows[0]?.length ?? 0, height: rows.length }, 7);
};

describe("regions of dark pixels", () => {
  it("are none where nothing is dark", () => {
    expect(regionsOf("....", "....")).toEqual([]);
  });

  it("are framed, right and bottom exclusive, and counted", () => {
    expect(regionsOf("....", ".##.", ".#..")).toEqual([{ left: 1, top: 1, right: 3, bottom: 3, pixels: 3 }]);
  });

  it("are one where they touch, be it at a corner, and several where they do not", () => {
    expect(regionsOf("#...", ".#..", "....", "..##")).toEqual([
      { left: 0, top: 0, right: 2, bottom: 2, pixels: 2 },
      { left: 2, top: 3, right: 4, bottom: 4, pixels: 2 },
    ]);
  });

  it("are one when their arms meet only further down", () => {
    expect(regionsOf("#.#.#", "#.#.#", "#####")).toEqual([{ left: 0, top: 0, right: 5, bottom: 3, pixels: 11 }]);
    expect(regionsOf("..#..", ".#.#.", "#...#", ".#.#.", "..#..")).toHaveLength(1);
  });

  it("do not reach from the end of a row into the next", () => {
    expect(regionsOf("...#", "#...")).toHaveLength(2);
  });
});
