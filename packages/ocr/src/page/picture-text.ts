import type { Box } from "@lectura/contracts";
import type { GreyImage, ReadBlock } from "../engines/engine.ts";
import type { TextLayer } from "../sources/source.ts";
import { crop } from "./crop.ts";

/** Pictures on one page that are looked at; more are a catalogue's. */
const MOST_PICTURES = 12;
/** What an engine sees in photographs and ornaments is short or uncertain. */
const CERTAIN_ENOUGH = 75;
const ENOUGH_LETTERS = 8;

const moved = (blocks: ReadBlock[], scale: number, [left, top]: Box): ReadBlock[] => {
  const x = (value: number) => (Math.floor(left) + value) / scale;
  const y = (value: number) => (Math.floor(top) + value) / scale;
  const box = ([x0, y0, x1, y1]: Box): Box => [x(x0), y(y0), x(x1), y(y1)];
  return blocks.map((block) => ({
    ...block,
    bbox: box(block.bbox),
    lines: block.lines.map(({ bbox, baseline: [from, to], words }) => ({
      bbox: box(bbox),
      baseline: [
        [x(from[0]), y(from[1])],
        [x(to[0]), y(to[1])],
      ],
      words: words.map((word) => ({ ...word, bbox: box(word.bbox) })),
    })),
  }));
};

/** Without what is uncertain; nothing at all when too little is left to be text. */
const certain = (blocks: ReadBlock[]): ReadBlock[] => {
  const kept = blocks
    .map((block) => ({
      ...block,
      lines: block.lines
        .map((line) => ({ ...line, words: line.words.filter(({ confidence }) => confidence >= CERTAIN_ENOUGH) }))
        .filter(({ words }) => words.length > 0),
    }))
    .filter(({ lines }) => lines.length > 0);
  const text = kept.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map((word) => word.text))).join("");
  return (text.match(/\p{L}|\p{N}/gu) ?? []).length >= ENOUGH_LETTERS ? kept : [];
};

/** Each block before the first one that begins below it. */
const inOrder = (layer: ReadBlock[], additions: ReadBlock[]): ReadBlock[] => {
  const blocks = [...layer];
  for (const addition of additions) {
    const below = blocks.findIndex(({ bbox }) => bbox[1] >= addition.bbox[1]);
    blocks.splice(below < 0 ? blocks.length : below, 0, addition);
  }
  return blocks;
};

/**
 * A text layer, completed by what the engine reads in the page's pictures; one that shows no certain text adds nothing.
 * `image` is the page, asked for when there is a picture to look at.
 */
export const addPictureText = async (
  layer: Pick<TextLayer, "blocks" | "pictures" | "width" | "reason">,
  { image, recognize }: { image: () => Promise<GreyImage>; recognize: (image: GreyImage) => Promise<ReadBlock[]> },
): Promise<Pick<TextLayer, "blocks" | "reason">> => {
  if (layer.pictures.length === 0) return layer;
  const page = await image();
  const scale = page.width / layer.width;
  let { blocks } = layer;
  let pictures = 0;
  for (const [x0, y0, x1, y1] of layer.pictures.slice(0, MOST_PICTURES)) {
    const box: Box = [x0 * scale, y0 * scale, x1 * scale, y1 * scale];
    const found = certain(moved(await recognize(crop(page, box)), scale, box));
    if (found.length > 0) pictures += 1;
    blocks = inOrder(blocks, found);
  }
  if (pictures === 0) return layer;
  const added = pictures === 1 ? "text of a picture is recognised" : `text of ${pictures} pictures is recognised`;
  return { blocks, reason: `${layer.reason} The ${added} and added.` };
};
