import type { Block, Line, Word } from "@lectura/contracts";
import type { ReadBlock, ReadLine } from "../engines/engine.ts";

const round = (value: number): number => Math.round(value * 100) / 100;

/** Mean of the words' confidences, weighted by their length: a long word is more of the text. Null without words. */
const confidenceOf = (words: Word[]): number | null => {
  let characters = 0;
  let sum = 0;
  for (const { text, confidence } of words) {
    characters += text.length;
    sum += confidence * text.length;
  }
  return characters === 0 ? null : round(sum / characters);
};

const roundBox = ([x0, y0, x1, y1]: Word["bbox"]): Word["bbox"] => [round(x0), round(y0), round(x1), round(y1)];

const completeLine = ({ bbox, baseline: [from, to], words: read }: ReadLine): Line[] => {
  const words = read
    .map(({ text, bbox, confidence }) => ({ text: text.trim(), bbox: roundBox(bbox), confidence: round(confidence) }))
    .filter(({ text }) => text !== "");
  if (words.length === 0) return [];
  return [
    {
      bbox: roundBox(bbox),
      baseline: [
        [round(from[0]), round(from[1])],
        [round(to[0]), round(to[1])],
      ],
      text: words.map(({ text }) => text).join(" "),
      confidence: confidenceOf(words) ?? 0,
      words,
    },
  ];
};

const completeBlock = ({ kind, bbox, lines: read }: ReadBlock): Block[] => {
  const [x0, y0, x1, y1] = bbox;
  if (kind === "image") return x0 < x1 && y0 < y1 ? [{ bbox: roundBox(bbox), kind, confidence: 0, lines: [] }] : [];
  const lines = read.flatMap(completeLine);
  if (lines.length === 0) return [];
  return [{ bbox: roundBox(bbox), kind, confidence: confidenceOf(lines.flatMap(({ words }) => words)) ?? 0, lines }];
};

/**
 * Completes what an engine or a text layer has read: blank words and empty lines go, confidences and texts come.
 * Every line of the text ends with a newline; an empty line stands between blocks.
 */
export const summarise = (read: ReadBlock[]): { blocks: Block[]; text: string; confidence: number | null } => {
  const blocks = read.flatMap(completeBlock);
  const lines = blocks.map((block) => block.lines).filter((block) => block.length > 0);
  return {
    blocks,
    text: lines.map((block) => block.map(({ text }) => `${text}\n`).join("")).join("\n"),
    confidence: confidenceOf(lines.flat().flatMap(({ words }) => words)),
  };
};
