import type { Block, Box, Line, PageResult, Word } from "@lectura/contracts";
import { escapeXml } from "./escape-xml.ts";
import { languageTag } from "./language-tag.ts";

const attributes = (values: Record<string, string | number | undefined>): string =>
  Object.entries(values)
    .map(([name, value]) => (value === undefined ? "" : ` ${name}="${escapeXml(String(value))}"`))
    .join("");

const place = ([x0, y0, x1, y1]: Box) => {
  const [left, top] = [Math.round(x0), Math.round(y0)];
  return { HPOS: left, VPOS: top, WIDTH: Math.round(x1) - left, HEIGHT: Math.round(y1) - top };
};

/** ALTO's confidences go from 0 to 1. */
const share = (confidence: number): number => Number((confidence / 100).toFixed(4));

const space = (word: Word, next: Word): string => {
  const width = Math.round(next.bbox[0]) - Math.round(word.bbox[2]);
  return `<SP${attributes({ HPOS: Math.round(word.bbox[2]), VPOS: Math.round(word.bbox[1]), WIDTH: Math.max(0, width) })}/>`;
};

const lineElement = (line: Line, id: string): string => {
  const words = line.words.map((word, index) => {
    const next = line.words[index + 1];
    const content = {
      ID: `word_${id}_${index + 1}`,
      ...place(word.bbox),
      WC: share(word.confidence),
      CONTENT: word.text,
    };
    return `<String${attributes(content)}/>${next ? space(word, next) : ""}`;
  });
  const baseline = line.baseline.map((point) => point.map(Math.round).join(",")).join(" ");
  return `<TextLine${attributes({ ID: `line_${id}`, ...place(line.bbox), BASELINE: baseline })}>${words.join("")}</TextLine>\n`;
};

const blockElement = ({ kind, bbox, lines }: Block, id: string): string => {
  if (kind === "image") return `<Illustration${attributes({ ID: `block_${id}`, ...place(bbox) })}/>\n`;
  const tag = kind === "text" ? undefined : kind;
  const content = lines.map((line, index) => lineElement(line, `${id}_${index + 1}`)).join("");
  return `<TextBlock${attributes({ ID: `block_${id}`, ...place(bbox), TAGREFS: tag })}>\n${content}</TextBlock>\n`;
};

const pageElement = ({ number, width, height, confidence, languages, blocks }: PageResult): string => {
  const content = blocks.map((block, index) => blockElement(block, `${number}_${index + 1}`)).join("");
  const page = attributes({
    ID: `page_${number}`,
    PHYSICAL_IMG_NR: number,
    WIDTH: width,
    HEIGHT: height,
    PC: confidence === null ? undefined : share(confidence),
    LANG: languageTag(languages[0]),
  });
  const printSpace = `<PrintSpace${attributes(place([0, 0, width, height]))}>`;
  return `<Page${page}>\n${printSpace}\n${content}</PrintSpace>\n</Page>\n`;
};

export interface AltoOptions {
  /** Name of the document. */
  title: string;
  /** Engine and its version. */
  engine: string;
  engineVersion: string;
}

const head = ({ title, engine, engineVersion }: AltoOptions): string => `<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>${escapeXml(title)}</fileName></sourceImageInformation>
<Processing ID="ocr">
<processingSoftware><softwareName>${escapeXml(engine)}</softwareName><softwareVersion>${escapeXml(engineVersion)}</softwareVersion></processingSoftware>
</Processing>
</Description>
<Tags>
<StructureTag ID="heading" LABEL="heading"/>
<StructureTag ID="list" LABEL="list"/>
<StructureTag ID="table" LABEL="table"/>
</Tags>
<Layout>
`;

/** A document as ALTO 4.4 (https://www.loc.gov/standards/alto/), page by page. */
export async function* writeAlto(pages: AsyncIterable<PageResult>, options: AltoOptions): AsyncGenerator<string> {
  yield head(options);
  for await (const page of pages) yield pageElement(page);
  yield "</Layout>\n</alto>\n";
}
