import { readFile } from "node:fs/promises";
import { createWorker, OEM, PSM, type Worker } from "tesseract.js";

/** One bare tesseract.js worker, models loaded beforehand: it takes the file's bytes as they are, and gives text only. */
export const openBareWorker = async (models: string, languages: readonly string[]) => {
  const workers = new Map<string, Worker>();
  for (const language of languages) {
    const worker = await createWorker(language, OEM.LSTM_ONLY, { langPath: models, gzip: false, cacheMethod: "none" });
    await worker.setParameters({ tessedit_pageseg_mode: PSM.AUTO });
    workers.set(language, worker);
  }
  return {
    read: async (page: { image: string; lang: string }): Promise<string> => {
      const worker = workers.get(page.lang);
      if (!worker) throw new Error(`The language ${page.lang} was not loaded.`);
      // Bytes, not a path: a string would be taken for a URL.
      const { data } = await worker.recognize(await readFile(page.image));
      return data.text;
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const worker of workers.values()) await worker.terminate();
    },
  };
};
export type BareWorker = Awaited<ReturnType<typeof openBareWorker>>;
