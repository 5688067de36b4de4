import type { Box } from "@lectura/contracts";
import type { ReadBlock } from "../engines/engine.ts";
import type { Prepared } from "../prepare/prepare.ts";

/** What an engine has read in its image, in pixels of the page. */
export const toPage = (blocks: ReadBlock[], { scale, page }: Pick<Prepared, "scale" | "page">): ReadBlock[] => {
  if (scale === 1) return blocks;
  // The sides of the image are whole pixels: what touches its edge may lie a fraction beyond the page's.
  const x = (value: number) => Math.min(page.width, value / scale);
  const y = (value: number) => Math.min(page.height, value / scale);
  const box = ([x0, y0, x1, y1]: Box): Box => [x(x0), y(y0), x(x1), y(y1)];
  return blocks.map(({ kind, bbox, lines }) => ({
    kind,
    bbox: box(bbox),
    lines: lines.map(({ bbox, baseline: [from, to], words }) => ({
      bbox: box(bbox),
      baseline: [
        [x(from[0]), y(from[1])],
        [x(to[0]), y(to[1])],
      ],
      words: words.map((word) => ({ ...word, bbox: box(word.bbox) })),
    })),
  }));
};
