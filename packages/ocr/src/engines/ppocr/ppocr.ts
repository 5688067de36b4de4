import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { InferenceSession } from "onnxruntime-node";
import { ProblemError } from "@lectura/contracts";
import { areLatin } from "../../models/latin-languages.ts";
import { type PpocrModels, PPOCR_VERSION } from "../../models/ppocr-models.ts";
import type { Engine } from "../engine.ts";
import { arrange } from "./arrange.ts";
import { latinClasses, readCharacters } from "./characters.ts";
import { findLines } from "./find-lines.ts";
import { keepClasses } from "./keep-classes.ts";
import { measureLine } from "./measure-line.ts";
import { readLines } from "./read-lines.ts";

/** One thread, as the other engines; memory is given back after each page. Its warnings are about the models' making. */
const SESSION: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  enableCpuMemArena: false,
  logSeverityLevel: 3,
};

const openSessions = async ({ detector, recogniser }: PpocrModels) => {
  // Since 1.29 ONNX Runtime tells its makers of each process and session, and keeps an id of the machine in the home folder,
  // unless it finds this when the first session is made. What is read here is nobody else's business.
  env["ORT_DISABLE_TELEMETRY"] = "1";
  const model = await readFile(recogniser);
  const characters = readCharacters(model);
  const classes = latinClasses(characters);
  return {
    detector: await InferenceSession.create(detector, SESSION),
    recogniser: await InferenceSession.create(keepClasses(model, characters.length, classes), SESSION),
    characters: classes.map((index) => characters[index] ?? ""),
  };
};
type Sessions = Awaited<ReturnType<typeof openSessions>>;

/** PP-OCRv6 in this process, loaded when it is first needed. It reads lines of Latin script in any language, level and upright. */
export const createPpocrEngine = (models: PpocrModels): Engine => {
  let sessions: Promise<Sessions> | undefined;
  const open = () => (sessions ??= openSessions(models));

  return {
    name: "ppocr",
    version: PPOCR_VERSION,
    async load() {
      await open();
    },
    async recognize(page, languages, layout = []) {
      if (!areLatin(languages)) {
        throw new ProblemError("unknown-language", `PP-OCRv6 is not used for ${languages.join("+")}.`);
      }
      const { detector, recogniser, characters } = await open();
      const frames = await findLines(detector, page);
      const lines = await readLines(recogniser, { page, frames, characters });
      return arrange(
        lines.map(measureLine).filter(({ words }) => words.length > 0),
        layout,
      );
    },
    async close() {
      const { detector, recogniser } = await open();
      await detector.release();
      await recogniser.release();
    },
  };
};
