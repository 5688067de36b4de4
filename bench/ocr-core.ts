import { availableParallelism } from "node:os";
import { DEFAULT_LIMITS } from "@lectura/contracts";
import { createOcr, type Ocr } from "@lectura/ocr";
import { requireTesseract } from "./baseline/tesseract-cli.ts";
import { inLanes } from "./in-lanes.ts";
import type { EngineOption } from "./options.ts";
import { familyCpuSeconds } from "./platform/processes.ts";
import type { Contender } from "./race.ts";

const limits = { pagePixels: DEFAULT_LIMITS.page_pixels, pageSeconds: DEFAULT_LIMITS.page_seconds };

/** The platform's OCR core without the platform around it; `models` is a folder of traineddata for tesseract.js, `ppocr` one of the second engine's. */
export const openCore = async (
  engine: EngineOption,
  {
    slots = availableParallelism(),
    models,
    ppocr,
  }: { slots?: number; models?: string | undefined; ppocr?: string } = {},
): Promise<Ocr & AsyncDisposable> => {
  const { library, libraryPath, tessdata } = await requireTesseract();
  // The processes that load the library inherit it.
  if (libraryPath) process.env["LD_LIBRARY_PATH"] = libraryPath;
  const ocr = await createOcr({
    engine,
    slots,
    library,
    tessdata: models ?? tessdata,
    ...(ppocr && { ppocr }),
    limits,
  });
  return { ...ocr, [Symbol.asyncDispose]: () => ocr.close() };
};

/** The core in a loop, a page a core. */
export const byCore = (name: string, core: Ocr, signal: AbortSignal): Contender => ({
  name,
  run: (pages) =>
    inLanes(availableParallelism(), pages, async ({ image, lang }) => {
      await core.recognize(image, 1, { languages: [lang], textLayer: "auto", signal });
    }),
  cpuSeconds: () => familyCpuSeconds(process.pid),
});
