import { storageKeys } from "@lectura/documents";
import type { JobDependencies } from "../jobs/dependencies.ts";
import { urgencyOf } from "../jobs/urgency.ts";
import { makeOrExplain } from "./make-or-explain.ts";
import { type Result, writeFormat } from "./write-format.ts";

/** Stores what every finished document has, and the formats that its client wants at once. */
export const writeResults = async (
  dependencies: JobDependencies,
  result: Result,
  signal: AbortSignal,
): Promise<void> => {
  const options = { signal, urgency: urgencyOf(result.record, { alone: false }) };
  const { record, provenance } = result;
  const keys = storageKeys(record.tenant, record.id);
  await writeFormat(dependencies, "text", result, options);
  await writeFormat(dependencies, "json", result, options);
  await dependencies.storage.put(keys.provenance, JSON.stringify(provenance));
  for (const format of record.options.outputs) {
    // What cannot be made does not take the rest of the result away.
    await makeOrExplain(dependencies, record, keys.made(format, record.attempt), async () =>
      writeFormat(dependencies, format, result, options),
    );
  }
};
