import type { Provenance } from "@lectura/contracts";
import type { DocumentRecord } from "@lectura/documents";
import { type Ocr, possibleSteps } from "@lectura/ocr";
import { version } from "@lectura/telemetry";

/** Where a result comes from: engine, models of the languages used, input, version, and what a page may have undergone. */
export const provenanceOf = (info: Ocr["info"], record: DocumentRecord): Provenance => ({
  engine: info.engine,
  engine_version: info.engine_version,
  models: info.models.filter(({ language }) => record.options.languages.includes(language)),
  preprocess: ["grey", ...possibleSteps(record.options.preprocess)],
  input_sha256: record.input.sha256,
  lectura_version: version,
  trace_id: record.trace_id,
});
