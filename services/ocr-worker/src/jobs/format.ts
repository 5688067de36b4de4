import { type JobPayload, Provenance } from "@lectura/contracts";
import { type DocumentRecord, storageKeys, toDocument } from "@lectura/documents";
import { withSpan } from "@lectura/telemetry";
import { makeOrExplain } from "../results/make-or-explain.ts";
import { provenanceOf } from "../results/provenance.ts";
import { storedPages } from "../results/stored-pages.ts";
import { writeFormat } from "../results/write-format.ts";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";
import { readFinished } from "./read-finished.ts";

const storedProvenance = async ({ storage, ocr }: JobDependencies, record: DocumentRecord): Promise<Provenance> => {
  const bytes = await storage.read(storageKeys(record.tenant, record.id).provenance);
  // Documents of before 0.2 have none; they were read by this engine as far as anybody knows.
  return bytes ? Provenance.parse(JSON.parse(bytes.toString("utf8"))) : provenanceOf(ocr.info, record);
};

/** Makes a finished document's result in a format that somebody has asked for; once, however often that was. */
export const createFormat =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"format">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const { documents, storage } = dependencies;
    const record = await readFinished(dependencies, job);
    if (!record) return;
    const key = storageKeys(record.tenant, record.id).made(job.format, job.attempt);
    if (await storage.head(key)) return;
    const result = {
      record,
      document: toDocument(record, null),
      pages: storedPages(storage, record),
      provenance: await storedProvenance(dependencies, record),
    };
    await withSpan("make format", async () =>
      makeOrExplain(dependencies, record, key, async () =>
        writeFormat(dependencies, job.format, result, { signal, urgency: "urgent" }),
      ),
    );
    await clearIfGone(dependencies, record);
    await documents.announce(record.id);
  };
