import { availableParallelism } from "node:os";
import { DEFAULT_LIMITS, type PageResult } from "@lectura/contracts";
import { createOcr, type OcrOptions, type RecognizeOptions } from "./create-ocr.ts";

/**
 * The pages of one local file in order, a few of them recognised at once. For many files use `createOcr`, which keeps its
 * processes warm. @throws ProblemError for a file that cannot be opened, and for a page that cannot be read
 */
export async function* recognize(
  path: string,
  options: Partial<OcrOptions & RecognizeOptions> = {},
): AsyncGenerator<PageResult> {
  const {
    languages = ["spa", "eng"],
    textLayer = "auto",
    preprocess = "auto",
    password,
    signal,
    urgency,
    ...own
  } = options;
  const opening = { ...(password && { password }), ...(signal && { signal }), ...(urgency && { urgency }) };
  const limits = { pagePixels: DEFAULT_LIMITS.page_pixels, pageSeconds: DEFAULT_LIMITS.page_seconds };
  const ocr = await createOcr({ engine: "auto", slots: availableParallelism(), limits, ...own });
  try {
    const { pages } = await ocr.inspect(path, opening);
    const begin = (page: number): Promise<PageResult> => {
      const result = ocr.recognize(path, page, { ...opening, languages, textLayer, preprocess });
      // Whether it fails is told when its turn comes.
      result.catch(() => {});
      return result;
    };
    const numbers = Array.from({ length: pages }, (_, index) => index + 1);
    const begun = numbers.splice(0, ocr.info.slots).map(begin);
    for (let first = begun.shift(); first; first = begun.shift()) {
      yield await first;
      begun.push(...numbers.splice(0, 1).map(begin));
    }
  } finally {
    await ocr.close();
  }
}
