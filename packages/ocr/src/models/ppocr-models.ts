import { access } from "node:fs/promises";
import { join } from "node:path";

/** Of the models below. */
export const PPOCR_VERSION = "PP-OCRv6 small";

/** The models of the second engine, by their files. */
export interface PpocrModels {
  detector: string;
  recogniser: string;
}

/** The models in a folder, under the names that `pnpm lectura models add ppocr` gives them; undefined where one is missing. */
export const findPpocrModels = async (folder: string): Promise<PpocrModels | undefined> => {
  const models = {
    detector: join(folder, "PP-OCRv6_det_small.onnx"),
    recogniser: join(folder, "PP-OCRv6_rec_small.onnx"),
  };
  try {
    await Promise.all(Object.values(models).map((path) => access(path)));
    return models;
  } catch {
    return undefined;
  }
};
