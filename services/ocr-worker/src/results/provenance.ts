import { AUTO_LANGUAGES, type Model, type Provenance } from "@lectura/contracts";
import type { DocumentRecord } from "@lectura/documents";
import { type Ocr, possibleSteps } from "@lectura/ocr";
import { version } from "@lectura/telemetry";

/** The models of these languages; of `auto` all that there were to choose from, since each of them has a say. */
const modelsFor = (languages: string[], installed: Model[]): Model[] =>
  languages.includes(AUTO_LANGUAGES) ? installed : installed.filter(({ language }) => languages.includes(language));

/** Where a result comes from: engine, models of the languages used, input, version, and what a page may have undergone. */
export const provenanceOf = (info: Ocr["info"], record: DocumentRecord): Provenance => ({
  engine: info.engine,
  engine_version: info.engine_version,
  models: modelsFor(record.options.languages, info.models),
  preprocess: ["grey", ...possibleSteps(record.options.preprocess)],
  // Whatever is in work has been fetched.
  input_sha256: record.input?.sha256 ?? "",
  lectura_version: version,
  trace_id: record.trace_id,
});
