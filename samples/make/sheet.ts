import type { PDFFont, PDFPage } from "@cantoo/pdf-lib";

export interface Sample {
  bytes: Uint8Array;
  /** What a reader sees on it: lines end with \n, paragraphs with an empty line, pages with \f between them. */
  text: string;
}

interface Style {
  font: PDFFont;
  /** Points, as all lengths here. */
  size: number;
  align?: "left" | "center" | "right";
}

/** A page that is written from top to bottom and knows the text that was put on it. */
export const createSheet = (page: PDFPage, margin: { left: number; right: number; top: number }) => {
  const width = page.getWidth() - margin.left - margin.right;
  let y = page.getHeight() - margin.top;
  let text = "";

  const draw = (line: string, { font, size, align = "left" }: Style): void => {
    const free = width - font.widthOfTextAtSize(line, size);
    const indent = { left: 0, center: free / 2, right: free }[align];
    page.drawText(line, { x: margin.left + indent, y, font, size });
  };

  const wrap = (words: string[], { font, size }: Style): string[] => {
    const lines = [""];
    for (const word of words) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (font.widthOfTextAtSize(longer, size) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  };

  const sheet = {
    page,
    /** Empty space. */
    gap: (height: number) => {
      y -= height;
    },
    /** Goes on this far above the lower edge of the page. */
    toBottom: (height: number) => {
      y = height;
    },
    line: (line: string, style: Style) => {
      y -= style.size * 1.4;
      draw(line, style);
      text += `${line}\n`;
    },
    /** Text from left to right in columns that begin or, with `align` right, end at the given places. */
    columns: (cells: { text: string; at: number; align?: "left" | "right" }[], { font, size }: Style) => {
      y -= size * 1.4;
      for (const cell of cells) {
        const before = cell.align === "right" ? font.widthOfTextAtSize(cell.text, size) : 0;
        page.drawText(cell.text, { x: margin.left + cell.at - before, y, font, size });
      }
      text += `${cells.map((cell) => cell.text).join(" ")}\n`;
    },
    paragraph: (words: string, style: Style) => {
      for (const line of wrap(words.split(" "), style)) sheet.line(line, style);
      sheet.endParagraph(style.size * 0.7);
    },
    endParagraph: (space: number) => {
      y -= space;
      if (!text.endsWith("\n\n")) text += "\n";
    },
    rule: () => {
      y -= 6;
      page.drawLine({ start: { x: margin.left, y }, end: { x: margin.left + width, y }, thickness: 0.7 });
    },
    /** Draws something of this height below what is there; `place` gets its lower left corner. */
    figure: (height: number, place: (corner: { x: number; y: number; width: number }) => void) => {
      y -= height;
      place({ x: margin.left, y, width });
    },
    text: () => `${text.trimEnd()}\n`,
  };
  return sheet;
};

export type Sheet = ReturnType<typeof createSheet>;
