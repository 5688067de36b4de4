import type { Block, Box, PageResult } from "@lectura/contracts";

const COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text".split(" ");
/** Tesseract's levels, each row being one of page, block, paragraph, line, word. */
const [PAGE, BLOCK, PARAGRAPH, LINE, WORD] = [1, 2, 3, 4, 5];
/** Stands for the confidence of whatever is no word. */
const NONE = -1;

type Place = [block: number, paragraph: number, line: number, word: number];

const row = (level: number, page: number, place: Place, box: Box, conf = NONE, text = ""): string => {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box.map(Math.round);
  // Tabs and line ends are the form's own.
  const cell = text.replaceAll(/\s+/g, " ");
  return `${[level, page, ...place, x0, y0, x1 - x0, y1 - y0, conf, cell].join("\t")}\n`;
};

const blockRows = (page: number, { bbox, kind, lines }: Block, block: number): string[] => {
  const head = row(BLOCK, page, [block, 0, 0, 0], bbox);
  if (kind === "image") return [head];
  return [
    head,
    row(PARAGRAPH, page, [block, 1, 0, 0], bbox),
    ...lines.flatMap((line, lineIndex) => [
      row(LINE, page, [block, 1, lineIndex + 1, 0], line.bbox),
      ...line.words.map((word, index) =>
        row(WORD, page, [block, 1, lineIndex + 1, index + 1], word.bbox, word.confidence, word.text),
      ),
    ]),
  ];
};

/** A document as rows of words with their places, in the columns of Tesseract's TSV; a failed page is a row alone. */
export async function* writeTsv(pages: AsyncIterable<PageResult>): AsyncGenerator<string> {
  yield `${COLUMNS.join("\t")}\n`;
  for await (const { number, width, height, blocks } of pages) {
    const rows = blocks.flatMap((block, index) => blockRows(number, block, index + 1));
    yield row(PAGE, number, [0, 0, 0, 0], [0, 0, width, height]) + rows.join("");
  }
}
