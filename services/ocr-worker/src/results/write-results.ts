import { storageKeys } from "@lectura/documents";
import type { JobDependencies } from "../jobs/dependencies.ts";
import { makeOrExplain } from "./make-or-explain.ts";
import { type Result, writeFormat } from "./write-format.ts";

/** Stores what every finished document has, and the formats that its client wants at once. */
export const writeResults = async (
  dependencies: JobDependencies,
  result: Result,
  signal: AbortSignal,
): Promise<void> => {
  const { record, provenance } = result;
  const keys = storageKeys(record.tenant, record.id);
  await writeFormat(dependencies, "text", result, signal);
  await writeFormat(dependencies, "json", result, signal);
  await dependencies.storage.put(keys.provenance, JSON.stringify(provenance));
  for (const format of record.options.outputs) {
    // What cannot be made does not take the rest of the result away.
    await makeOrExplain(dependencies, record, keys.result(format), async () =>
      writeFormat(dependencies, format, result, signal),
    );
  }
};
