import { blockKind, type ReadBlock, type ReadLine } from "./engine.ts";
import { type Api, type Cursor, LEVEL, type Level, type Results, type TesseractLibrary } from "./native-library.ts";

type Out = [number];

const readFrames = (library: TesseractLibrary, cursor: Cursor) => {
  // The library writes into these; one set serves all calls.
  const x0: Out = [0];
  const y0: Out = [0];
  const x1: Out = [0];
  const y1: Out = [0];
  return {
    box: (level: Level): ReadLine["bbox"] => {
      library.boundingBox(cursor, level, x0, y0, x1, y1);
      return [x0[0], y0[0], x1[0], y1[0]];
    },
    baseline: (): ReadLine["baseline"] => {
      library.baseline(cursor, LEVEL.line, x0, y0, x1, y1);
      const from: [number, number] = [x0[0], y0[0]];
      return [from, [x1[0], y1[0]]];
    },
  };
};

const walk = (library: TesseractLibrary, results: Results, cursor: Cursor): ReadBlock[] => {
  const { box, baseline } = readFrames(library, cursor);
  const blocks: ReadBlock[] = [];
  let lines: ReadLine[] | undefined;
  do {
    if (library.isAtBeginningOf(cursor, LEVEL.line)) {
      if (library.isAtBeginningOf(cursor, LEVEL.paragraph)) {
        const kind = blockKind(library.blockType(cursor));
        lines = kind && [];
        if (kind && lines) blocks.push({ kind, bbox: box(LEVEL.paragraph), lines });
      }
      lines?.push({ bbox: box(LEVEL.line), baseline: baseline(), words: [] });
    }
    lines?.at(-1)?.words.push({
      text: library.text(results, LEVEL.word) ?? "",
      bbox: box(LEVEL.word),
      confidence: library.confidence(results, LEVEL.word),
    });
  } while (library.next(cursor, LEVEL.word));
  return blocks;
};

/** Reads what Tesseract has recognised. A block here is a paragraph there: its own blocks are whole columns. */
export const readResults = (library: TesseractLibrary, api: Api): ReadBlock[] => {
  const results = library.results(api);
  if (!results) return [];
  try {
    return walk(library, results, library.cursor(results));
  } finally {
    library.deleteResults(results);
  }
};
