import type { Pdfium } from "../../sources/pdfium.ts";

const TEXT_OBJECT = 1;
const IMAGE_OBJECT = 3;
/** Text render mode of what earlier OCR programs have laid behind a scan. */
const INVISIBLE = 3;

/**
 * Takes away the invisible text of a page that is nothing but a scan otherwise: beside ours every word would be there
 * twice. Of any other page the content is not touched, since PDFium writes it anew.
 */
export const dropHiddenText = ({ api }: Pdfium, page: number): void => {
  const objects = Array.from({ length: api.FPDFPage_CountObjects(page) }, (_, index) =>
    api.FPDFPage_GetObject(page, index),
  );
  const isHidden = (object: number): boolean =>
    api.FPDFPageObj_GetType(object) === TEXT_OBJECT && api.FPDFTextObj_GetTextRenderMode(object) === INVISIBLE;
  const hidden = objects.filter(isHidden);
  const others = objects.filter((object) => !hidden.includes(object));
  if (hidden.length === 0 || others.some((object) => api.FPDFPageObj_GetType(object) !== IMAGE_OBJECT)) return;
  for (const object of hidden) {
    if (api.FPDFPage_RemoveObject(page, object)) api.FPDFPageObj_Destroy(object);
  }
  api.FPDFPage_GenerateContent(page);
};
