import { ProblemError } from "@lectura/contracts";
import type { InstalledModel } from "../models/find-models.ts";
import { inModelFolder } from "../models/model-folder.ts";
import { type Engine, LSTM_ONLY, PAGE_SEGMENTATION } from "./engine.ts";
import { keepRecent } from "./keep-recent.ts";
import { type Api, loadTesseract, type TesseractLibrary } from "./native-library.ts";
import { readResults } from "./native-results.ts";

/** Language combinations kept loaded: a fast model is 10–20 MB in memory, loading one takes 0.1 s. */
const WARM_COMBINATIONS = 3;

const openApi = async (library: TesseractLibrary, models: InstalledModel[], languages: string): Promise<Api> => {
  const api = library.create();
  const failed = await inModelFolder(models, languages.split("+"), (folder) =>
    Promise.resolve(library.init(api, folder, languages, LSTM_ONLY)),
  );
  if (failed) {
    library.delete(api);
    throw new ProblemError("engine-unavailable", `Tesseract cannot load its models for ${languages}.`);
  }
  library.setPageSegMode(api, PAGE_SEGMENTATION);
  // Else every odd page writes warnings to standard error.
  library.setVariable(api, "debug_file", "/dev/null");
  return api;
};

/**
 * libtesseract in this process, models loaded once: 0.8 × the CPU of a `tesseract` process per page.
 * Recognising blocks the event loop; whoever wants to stop it ends the process.
 */
export const createNativeEngine = ({ path, models }: { path: string; models: InstalledModel[] }): Engine => {
  const library = loadTesseract(path);
  const apis = keepRecent(WARM_COMBINATIONS, {
    open: (languages) => openApi(library, models, languages),
    close: (api: Api) => library.delete(api),
  });

  return {
    name: "tesseract",
    version: library.version(),
    async load(languages) {
      await apis.get(languages.join("+"));
    },
    async recognize({ data, width, height, dpi }, languages) {
      const api = await apis.get(languages.join("+"));
      try {
        library.setVariable(api, "user_defined_dpi", String(dpi));
        library.setImage(api, data, width, height, 1, width);
        if (library.recognize(api, null)) throw new Error("TessBaseAPIRecognize reported a failure");
        return readResults(library, api);
      } finally {
        // What this page taught the engine must not show in the next one.
        library.clear(api);
        library.clearAdaptiveClassifier(api);
      }
    },
    close: () => apis.close(),
  };
};
