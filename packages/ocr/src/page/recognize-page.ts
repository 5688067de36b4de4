import type { Attempt, DocumentOptions, PageResult, Preprocess } from "@lectura/contracts";
import type { Engine, GreyImage } from "../engines/engine.ts";
import { asPart } from "../prepare/engine-dpi.ts";
import type { Source, TextLayer } from "../sources/source.ts";
import { pickByImage, pickByText } from "../languages/pick-languages.ts";
import { climb } from "./climb.ts";
import { leaveOutNoise, noteOn } from "./leave-out-noise.ts";
import { addPictureText } from "./picture-text.ts";
import { summarise } from "./summarise.ts";
import { createTimings } from "./timings.ts";

export interface PageTask {
  page: number;
  languages: string[];
  /** What `auto` chooses from. */
  installed: string[];
  textLayer: DocumentOptions["text_layer"];
  preprocess: Preprocess;
}

const NO_LAYER = "An image has no text layer.";

/** Why a page without a usable text layer was recognised. */
const whyRecognised = (layer: TextLayer | undefined, asked: PageTask["textLayer"]): string => {
  if (asked === "ignore") return "Recognition was asked for whatever the text layer says.";
  return layer?.reason ?? NO_LAYER;
};

/** The one attempt at a page that is not recognised. */
const fromLayer = (confidence: number | null, reason: string): Attempt[] => [
  { engine: "text-layer", preprocess: [], confidence, cpu_seconds: 0, chosen: true, reason },
];

/** One page of an opened file as a result: its own text where that is good and wanted, else recognised. */
export const recognizePage = async (
  source: Source,
  { page, languages: asked, installed, textLayer, preprocess }: PageTask,
  { budget, ...engines }: { engine: Engine; second: Engine | undefined; budget: number },
): Promise<PageResult> => {
  const { timings, timed } = createTimings();
  // What has its own text is not turned at all.
  const common = { number: page, rotation: 0, skew: 0, error: null, timings } as const;

  const read = async (image: GreyImage, languages: string[]) => {
    await engines.engine.load(languages);
    return engines.engine.recognize(asPart(image), languages);
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
    const attempts = fromLayer(summary.confidence, reason + note);
    return { ...common, languages, width, height, dpi, source: "text-layer", ...summary, attempts };
  }

  const decoded = await timed("decode", () => source.image(page));
  if (textLayer === "only") {
    const { width, height, dpi } = decoded;
    return {
      ...common,
      languages: asked,
      width,
      height,
      dpi,
      source: "text-layer",
      ...summarise([]),
      attempts: fromLayer(null, NO_LAYER),
    };
  }

  const { languages, note } = await timed("languages", () => pickByImage(asked, installed, decoded, read));
  const why = whyRecognised(layer, textLayer) + note;
  const { best, attempts } = await climb(decoded, why, { ...engines, languages, preprocess, budget, timed });
  const { blocks, leftOut } = leaveOutNoise(best);
  const { page: frame, rotation, skew } = best.prepared;
  return {
    ...common,
    ...frame,
    languages,
    rotation,
    skew,
    source: "ocr",
    ...summarise(blocks),
    attempts: attempts.map((each) => (each.chosen ? { ...each, reason: each.reason + noteOn(leftOut) } : each)),
  };
};
