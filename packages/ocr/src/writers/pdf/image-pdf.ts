import { writeSync } from "node:fs";
import { type PageResult, ProblemError } from "@lectura/contracts";
import type { Source } from "../../sources/source.ts";
import { createGlyphlessFont } from "./glyphless-font.ts";
import { chain, type Matrix, operands } from "./matrix.ts";
import { geometryOf } from "./page-geometry.ts";
import { addPicture, type Picture } from "./page-picture.ts";
import { pageText } from "./page-text.ts";
import { createPdfFile, type PdfFile } from "./pdf-file.ts";

const POINTS_PER_INCH = 72;
/** Assumed of a page that could not be recognised, as of one that does not say its resolution. */
const UNKNOWN_DPI = 150;
/** Readers take no larger pages; such a page is shown smaller. */
const MOST_POINTS = 14_400;
/** A page of which not even the picture can be had. */
const A4 = { width: 595, height: 842 };

interface Size {
  width: number;
  height: number;
}

/** The page in points, as large as the paper was. */
const paperOf = (page: PageResult, picture: Size): Size => {
  const { shown } = page.error ? { shown: picture } : geometryOf(page);
  const scale = POINTS_PER_INCH / (page.error ? UNKNOWN_DPI : page.dpi);
  const fitting = Math.min(scale, MOST_POINTS / Math.max(shown.width, shown.height));
  return { width: shown.width * fitting, height: shown.height * fitting };
};

/** The picture of a page; undefined for one that is damaged, whose result says so. */
const pictureOf = async (
  file: PdfFile,
  path: string,
  page: PageResult,
  source: Source,
): Promise<Picture | undefined> => {
  try {
    return await addPicture(file, path, page.number, source);
  } catch (error) {
    if (page.error) return undefined;
    throw new ProblemError("undecodable-file", `Page ${page.number} is damaged.`, { cause: error });
  }
};

/** Writes an image file as a PDF to the open file `target`: the pictures as they are, with invisible text over them. */
export const writeImagePdf = async ({
  path,
  source,
  pages,
  target,
}: {
  path: string;
  source: Source;
  pages: AsyncIterable<PageResult>;
  target: number;
}): Promise<void> => {
  const file = createPdfFile((bytes) => writeSync(target, bytes));
  const font = createGlyphlessFont();
  const [tree, fontNumber] = [file.reserve(), file.reserve()];
  const kids: string[] = [];
  for await (const page of pages) {
    const picture = await pictureOf(file, path, page, source);
    const { width, height } = picture ? paperOf(page, picture) : A4;
    const paper: Matrix = [width, 0, 0, height, 0, 0];
    // Shares count from the upper left corner.
    const text = page.error ? "" : pageText(page, chain([1, 0, 0, -1, 0, 1], paper), font);
    const drawing = picture ? `q ${operands(chain(picture.placement, paper))} cm /Picture Do Q\n` : "";
    const contents = file.compressed("", drawing + text);
    const forms = picture ? `/XObject << /Picture ${picture.number} 0 R >>` : "";
    const number = file.object(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${width.toFixed(2)} ${height.toFixed(2)}] ` +
        `/Contents ${contents} 0 R /Resources << /Font << /F ${fontNumber} 0 R >> ${forms} >> >>`,
    );
    kids.push(`${number} 0 R`);
  }
  font.write(file, fontNumber);
  file.object(`<< /Type /Pages /Kids [${kids.join(" ")}] /Count ${kids.length} >>`, tree);
  file.end(new Map([["Root", `${file.object(`<< /Type /Catalog /Pages ${tree} 0 R >>`)} 0 R`]]));
};
