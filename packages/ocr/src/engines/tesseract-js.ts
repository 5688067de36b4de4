import { createWorker, PSM, type Block, type Worker } from "tesseract.js";
import tesseractJs from "tesseract.js/package.json" with { type: "json" };
import type { InstalledModel } from "../models/find-models.ts";
import { inModelFolder } from "../models/model-folder.ts";
import { blockKind, type Engine, type GreyImage, LSTM_ONLY, type ReadBlock } from "./engine.ts";
import { keepRecent } from "./keep-recent.ts";

/** Language combinations kept loaded: each is a thread with some 100 MB of WebAssembly memory. */
const WARM_COMBINATIONS = 3;

const openWorker = (models: InstalledModel[], languages: string[]): Promise<Worker> =>
  inModelFolder(models, languages, async (langPath) => {
    const worker = await createWorker(languages, LSTM_ONLY, {
      langPath,
      gzip: false,
      cacheMethod: "none",
      // The rejected promise says it; without a handler the library also throws where nobody can catch.
      errorHandler: () => {},
    });
    await worker.setParameters({ tessedit_pageseg_mode: PSM.AUTO });
    return worker;
  });

/** Portable grey map: the pixels behind a line of text, nothing to compress or inflate. */
const toPgm = ({ data, width, height }: GreyImage): Buffer =>
  Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]);

const box = ({ x0, y0, x1, y1 }: Block["bbox"]): ReadBlock["bbox"] => [x0, y0, x1, y1];

const readBlock = (block: Block): ReadBlock[] => {
  // Typed as a string, but it is Tesseract's number.
  const kind = blockKind(Number(block.blocktype));
  if (!kind) return [];
  return block.paragraphs.map((paragraph) => ({
    kind,
    bbox: box(paragraph.bbox),
    lines: paragraph.lines.map(({ bbox, baseline, words }) => ({
      bbox: box(bbox),
      baseline: [
        [baseline.x0, baseline.y0],
        [baseline.x1, baseline.y1],
      ],
      words: words.map((word) => ({ text: word.text, bbox: box(word.bbox), confidence: word.confidence })),
    })),
  }));
};

/** Tesseract compiled to WebAssembly, for machines without the native library: 1.2 × its CPU, no image blocks. */
export const createTesseractJsEngine = ({ models }: { models: InstalledModel[] }): Engine => {
  const workers = keepRecent(WARM_COMBINATIONS, {
    open: (languages) => openWorker(models, languages.split("+")),
    close: async (worker: Worker) => {
      await worker.terminate();
    },
  });

  return {
    name: "tesseract.js",
    version: tesseractJs.version,
    async load(languages) {
      await workers.get(languages.join("+"));
    },
    async recognize(image, languages) {
      const worker = await workers.get(languages.join("+"));
      await worker.setParameters({ user_defined_dpi: String(image.dpi) });
      const { data } = await worker.recognize(toPgm(image), {}, { text: false, blocks: true });
      return (data.blocks ?? []).flatMap(readBlock);
    },
    close: () => workers.close(),
  };
};
