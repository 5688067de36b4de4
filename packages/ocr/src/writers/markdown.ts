import type { PageResult } from "@lectura/contracts";
import { type Element, readStructure } from "./markdown/structure.ts";

// What would be taken for markup in the middle of a text, and at its beginning.
const MARKUP = /[\\`*_<[\]|]/g;
const MARKUP_AT_START = /^(?:[#>+-]|\d+[.)](?=\s))/;

const escape = (text: string): string => text.replaceAll(MARKUP, String.raw`\$&`);
const escapeParagraph = (text: string): string =>
  escape(text).replace(MARKUP_AT_START, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`);

const row = (cells: string[]): string => `| ${cells.join(" | ")} |`;

const render = (element: Element): string => {
  switch (element.kind) {
    case "heading":
      return `${"#".repeat(element.level)} ${escape(element.text)}`;
    case "paragraph":
      return escapeParagraph(element.text);
    case "list":
      return element.items.map(({ mark, text }) => `${mark} ${escapeParagraph(text)}`).join("\n");
    case "table": {
      const [first = [], ...others] = element.rows.map((cells) => cells.map(escape));
      return [row(first), row(first.map(() => "---")), ...others.map(row)].join("\n");
    }
  }
};

/** A document as Markdown, page by page: headings, paragraphs, lists and simple tables; a page without text leaves nothing. */
export async function* writeMarkdown(pages: AsyncIterable<PageResult>): AsyncGenerator<string> {
  let separator = "";
  for await (const page of pages) {
    const elements = readStructure(page).map(render);
    if (elements.length === 0) continue;
    yield `${separator}${elements.join("\n\n")}\n`;
    separator = "\n";
  }
}
