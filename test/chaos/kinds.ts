import { sample, wordRecall } from "../fixtures/client.ts";
import { longDocument } from "../fixtures/long-document.ts";

/** A kind of document, and how its text is known to be right. */
export interface Kind {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  pages: number;
  options: Record<string, string>;
  isRight(text: string): boolean;
}

const LONG = 40;
const SCANNED = 3;

const ofSample = async (name: string, pages: number): Promise<Kind> => {
  const { bytes, truth } = await sample(name);
  return { name, bytes, pages, options: {}, isRight: (text) => wordRecall(text, truth) > 0.9 };
};

/** Each page says its number: so a page that is lost, doubled or in the wrong place is seen. */
const numbered = async (name: string, pages: number, options: Record<string, string>): Promise<Kind> => ({
  name,
  bytes: await longDocument(pages),
  pages,
  options,
  isRight: (text) => {
    const numbers = text.split("\f").map((page) => Number(/hoja (\d+)/.exec(page)?.[1]));
    return numbers.length === pages && numbers.every((number, index) => number === index + 1);
  },
});

/** Images, a PDF with a text layer, a long one, and one that is recognised page by page. */
export const makeKinds = async (): Promise<Kind[]> =>
  Promise.all([
    ofSample("recibo.jpg", 1),
    ofSample("carta.png", 1),
    ofSample("informe.pdf", 3),
    numbered("long", LONG, { text_layer: "only" }),
    numbered("scan", SCANNED, { text_layer: "ignore", languages: "spa" }),
  ]);
