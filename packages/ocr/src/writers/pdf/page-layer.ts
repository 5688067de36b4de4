import { type Dictionary, writeDictionary } from "./dictionary.ts";
import type { RewrittenPdf } from "./rewritten-pdf.ts";

/** What the text is called among a page's resources. */
const LAYER = "LecturaText";
/** Content that draws it. */
export const DRAW_LAYER = `q /${LAYER} Do Q\n`;
/** Pages nest; a tree that is deeper goes round in circles. */
const MAX_DEPTH = 64;

/** The resources of a page, its own or those of the nearest page tree node that has some. */
const resourcesOf = (pdf: RewrittenPdf, page: Dictionary): Dictionary => {
  let node = page;
  for (let depth = 0; depth < MAX_DEPTH && !node.has("Resources"); depth += 1)
    node = pdf.dictionary(node.get("Parent"));
  return pdf.dictionary(node.get("Resources"));
};

/** The streams of a page's content, as references. */
const contentsOf = (pdf: RewrittenPdf, page: Dictionary): string => {
  const contents = page.get("Contents") ?? "";
  const text = contents === "" || contents.startsWith("[") ? contents : pdf.resolve(contents);
  return text.startsWith("[") ? text.slice(1, -1) : contents;
};

/**
 * A page, as its dictionary, that draws the form `layer` by the stream `drawing`, before anything else of it could change
 * the state. Where an earlier run has laid text over it, the new one takes its place.
 */
export const withLayer = (pdf: RewrittenPdf, page: Dictionary, layer: number, drawing: number): string => {
  const resources = resourcesOf(pdf, page);
  const forms = pdf.dictionary(resources.get("XObject"));
  if (!forms.has(LAYER)) page.set("Contents", `[${drawing} 0 R ${contentsOf(pdf, page)}]`);
  resources.set("XObject", writeDictionary(forms.set(LAYER, `${layer} 0 R`)));
  page.set("Resources", writeDictionary(resources));
  return writeDictionary(page);
};
