import type { Block, Box, Line, PageResult } from "@lectura/contracts";
import { escapeXml } from "./escape-xml.ts";
import { languageTag } from "./language-tag.ts";

const bbox = (box: Box): string => `bbox ${box.map(Math.round).join(" ")}`;

/** hOCR's baseline: slope and offset from the box's lower left corner, y growing downwards. */
const baseline = ({ baseline: [[x0, y0], [x1, y1]], bbox: [left, , , bottom] }: Line): string => {
  const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
  const offset = y0 + slope * (left - x0) - bottom;
  return `baseline ${Number(slope.toFixed(3))} ${Math.round(offset)}`;
};

const element = (tag: "div" | "p" | "span", kind: string, id: string, title: string, content: string): string =>
  `<${tag} class="${kind}" id="${id}" title="${escapeXml(title)}">${content}</${tag}>`;

const lineElement = (line: Line, id: string): string => {
  const words = line.words.map(({ text, bbox: box, confidence }, index) =>
    element(
      "span",
      "ocrx_word",
      `word_${id}_${index + 1}`,
      `${bbox(box)}; x_wconf ${Math.round(confidence)}`,
      escapeXml(text),
    ),
  );
  return element("span", "ocr_line", `line_${id}`, `${bbox(line.bbox)}; ${baseline(line)}`, words.join(" "));
};

const blockElement = (block: Block, id: string): string => {
  if (block.kind === "image") return element("div", "ocr_photo", `block_${id}`, bbox(block.bbox), "");
  const lines = block.lines.map((line, index) => `\n${lineElement(line, `${id}_${index + 1}`)}`).join("");
  const paragraph = element("p", "ocr_par", `par_${id}`, bbox(block.bbox), lines);
  return element("div", "ocr_carea", `block_${id}`, bbox(block.bbox), paragraph);
};

const pageElement = (page: PageResult, image: string): string => {
  const title = [
    // Quotes end the name in hOCR's grammar.
    `image "${image.replaceAll('"', "'")}"`,
    bbox([0, 0, page.width, page.height]),
    `ppageno ${page.number - 1}`,
    `scan_res ${page.dpi} ${page.dpi}`,
  ].join("; ");
  const blocks = page.blocks.map((block, index) => `\n${blockElement(block, `${page.number}_${index + 1}`)}`).join("");
  const lang = languageTag(page.languages[0]);
  const attributes = `id="page_${page.number}" title="${escapeXml(title)}"${lang ? ` lang="${lang}"` : ""}`;
  return `<div class="ocr_page" ${attributes}>${blocks}\n</div>\n`;
};

export interface HocrOptions {
  /** Title of the document and name of its images. */
  title: string;
  /** Engine and version. */
  system: string;
  /** Names of the models that were used. */
  languages: string[];
}

// HTML that is also XML: many hOCR tools read it by an XML parser.
const head = ({ title, system, languages }: HocrOptions): string => `<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<title>${escapeXml(title)}</title>
<meta charset="utf-8" />
<meta name="ocr-system" content="${escapeXml(system)}" />
<meta name="ocr-langs" content="${languages.map((name) => languageTag(name) ?? "unknown").join(" ")}" />
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocr_photo ocrp_lang ocrp_wconf" />
</head>
<body>
`;

/** A document as hOCR 1.2 (https://kba.github.io/hocr-spec/1.2/), page by page. */
export async function* writeHocr(pages: AsyncIterable<PageResult>, options: HocrOptions): AsyncGenerator<string> {
  yield head(options);
  for await (const page of pages) yield pageElement(page, options.title);
  yield "</body>\n</html>\n";
}
