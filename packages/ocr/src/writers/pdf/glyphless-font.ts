import { emptyTrueType } from "./empty-true-type.ts";
import type { PdfFile } from "./pdf-file.ts";

/** Thousandths of the font size that each character is wide; its word stretches it. */
export const ADVANCE = 500;
/** A CMap takes so many lines at a time. */
const CMAP_LINES = 100;

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");
const utf16 = (text: string): string => Buffer.from(text, "utf16le").swap16().toString("hex").toUpperCase();

/** Tells readers which characters the codes stand for. */
const toUnicode = (characters: string[]): string => {
  const lines = characters.map((character, index) => `<${hex(index + 1)}> <${utf16(character)}>`);
  const groups = Array.from({ length: Math.ceil(lines.length / CMAP_LINES) }, (_, index) =>
    lines.slice(index * CMAP_LINES, (index + 1) * CMAP_LINES),
  );
  return [
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
    "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ...groups.flatMap((group) => [`${group.length} beginbfchar`, ...group, "endbfchar"]),
    "endcmap CMapName currentdict /CMap defineresource pop end end",
  ].join("\n");
};

/** Ascent and descent make the height of selected text: exactly its size. A descent of 0 would be taken for a missing one. */
const METRICS = `/FontBBox [0 0 ${ADVANCE} 1000] /Ascent 1000 /Descent -1 /CapHeight 1000 /ItalicAngle 0 /StemV 80`;

/**
 * A font without ink for text that is only selected and searched: any character, all of one width and of the height of
 * the font size. It grows with the text, so it is written after the last page that uses it.
 */
export const createGlyphlessFont = () => {
  const codes = new Map<string, number>();
  const codeOf = (character: string): number => {
    const code = codes.get(character) ?? codes.size + 1;
    codes.set(character, code);
    return code;
  };
  return {
    /** The text as a PDF string. */
    encode: (text: string): string => `<${Array.from(text, (character) => hex(codeOf(character))).join("")}>`,
    /** Writes the font, its own object under `number`. */
    write(file: PdfFile, number: number): void {
      const program = emptyTrueType(ADVANCE);
      // Every code is drawn by glyph 1, which has no ink; glyph 0 would stand for a character that the font lacks.
      const glyphs = file.compressed("", Buffer.alloc(2 * (codes.size + 1), Buffer.from([0, 1])));
      const fontFile = file.compressed(`/Length1 ${program.length}`, program);
      const unicode = file.compressed("", toUnicode([...codes.keys()]));
      const name = "/Glyphless";
      const descriptor = file.object(
        `<< /Type /FontDescriptor /FontName ${name} /Flags 4 ${METRICS} /FontFile2 ${fontFile} 0 R >>`,
      );
      const descendant = file.object(
        `<< /Type /Font /Subtype /CIDFontType2 /BaseFont ${name} /DW ${ADVANCE} /CIDToGIDMap ${glyphs} 0 R ` +
          `/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${descriptor} 0 R >>`,
      );
      file.object(
        `<< /Type /Font /Subtype /Type0 /BaseFont ${name} /Encoding /Identity-H /DescendantFonts [${descendant} 0 R] ` +
          `/ToUnicode ${unicode} 0 R >>`,
        number,
      );
    },
  };
};
export type GlyphlessFont = ReturnType<typeof createGlyphlessFont>;
