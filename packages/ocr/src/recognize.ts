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
  const { languages = ["spa", "eng"], textLayer = "auto", password, signal, urgency, ...own } = options;
  const opening = { ...(password && { password }), ...(signal && { signal }), ...(urgency && { urgency }) };
  const limits = { pagePixels: DEFAULT_LIMITS.page_pixels, pageSeconds: DEFAULT_LIMITS.page_seconds };
  const ocr = await createOcr({ engine: "auto", slots: availableParallelism(), limits, ...own });
  try {
    const { pages } = await ocr.inspect(path, opening);
    const begun: Promise<PageResult>[] = [];
    for (let page = 1; page <= pages || begun.length > 0; page += 1) {
      if (page <= pages) {
        const result = ocr.recognize(path, page, { ...opening, languages, textLayer });
        // Whether it fails is told when its turn comes.
        result.catch(() => {});
        begun.push(result);
      }
      if (page < ocr.info.slots && page < pages) continue;
      const first = await begun.shift();
      if (first) yield first;
    }
  } finally {
    await ocr.close();
  }
}
