import type { DocumentOptions, PageResult } from "@lectura/contracts";
import type { Engine, GreyImage } from "../engines/engine.ts";
import { deskew } from "../prepare/deskew.ts";
import type { Source, TextLayer } from "../sources/source.ts";
import { pickByImage, pickByText } from "../languages/pick-languages.ts";
import { addPictureText } from "./picture-text.ts";
import { summarise } from "./summarise.ts";

export interface PageTask {
  page: number;
  languages: string[];
  /** What `auto` chooses from. */
  installed: string[];
  textLayer: DocumentOptions["text_layer"];
}

const NO_LAYER = "An image has no text layer.";

/** Times the stages of a page, in whole milliseconds. */
const createTimings = () => {
  const timings: Record<string, number> = {};
  const timed = async <Result>(stage: string, work: () => Promise<Result> | Result): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    timings[stage] = Math.round(performance.now() - start);
    return result;
  };
  return { timings, timed };
};

/** Why a page without a usable text layer was recognised. */
const whyRecognised = (layer: TextLayer | undefined, asked: PageTask["textLayer"]): string => {
  if (asked === "ignore") return "Recognition was asked for whatever the text layer says.";
  return layer?.reason ?? NO_LAYER;
};

/** One page of an opened file as a result: its own text where that is good and wanted, else recognised. */
export const recognizePage = async (
  source: Source,
  engine: Engine,
  { page, languages: asked, installed, textLayer }: PageTask,
): Promise<PageResult> => {
  const { timings, timed } = createTimings();
  // The orientation is taken as the file declares it; what has its own text is not turned at all.
  const common = { number: page, rotation: 0, skew: 0, error: null, timings } as const;

  const read = async (image: GreyImage, languages: string[]) => {
    await engine.load(languages);
    return engine.recognize(image, languages);
  };

  const readLayer = textLayer === "ignore" ? undefined : source.textLayer;
  const layer = readLayer && (await timed("text_layer", () => readLayer(page)));
  if (layer && (layer.good || textLayer === "only")) {
    const { width, height, dpi } = layer;
    const image = () => source.image(page);
    const { languages, note } = pickByText(asked, installed, summarise(layer.blocks).text);
    const recognize = (picture: GreyImage) => read(picture, languages);
    const { blocks, reason } =
      textLayer === "only" ? layer : await timed("pictures", () => addPictureText(layer, { image, recognize }));
    const summary = summarise(blocks);
    const attempts = [{ engine: "text-layer", confidence: summary.confidence, reason: reason + note }];
    return { ...common, languages, width, height, dpi, source: "text-layer", ...summary, attempts };
  }

  const decoded = await timed("decode", () => source.image(page));
  if (textLayer === "only") {
    const { width, height, dpi } = decoded;
    const attempts = [{ engine: "text-layer", confidence: null, reason: NO_LAYER }];
    return { ...common, languages: asked, width, height, dpi, source: "text-layer", ...summarise([]), attempts };
  }

  const { image, skew } = await timed("prepare", () => deskew(decoded));
  const { width, height, dpi } = image;
  const { languages, note } = await timed("languages", () => pickByImage(asked, installed, image, read));
  await timed("load_models", () => engine.load(languages));
  const summary = summarise(await timed("recognize", () => engine.recognize(image, languages)));
  const attempts = [
    { engine: engine.name, confidence: summary.confidence, reason: whyRecognised(layer, textLayer) + note },
  ];
  return { ...common, languages, width, height, dpi, skew, source: "ocr", ...summary, attempts };
};
