import { createReadStream } from "node:fs";
import type { JobPayload } from "@lectura/contracts";
import { isTombstone, storageKeys } from "@lectura/documents";
import { withSpan } from "@lectura/telemetry";
import { passwordOf } from "../inputs/password.ts";
import { makeOrExplain } from "../results/make-or-explain.ts";
import { readStoredPage } from "../results/stored-pages.ts";
import { clearIfGone } from "./clear-if-gone.ts";
import type { JobDependencies } from "./dependencies.ts";

/** Draws a page that has been recognised, also while others still are; once, however often somebody has asked. */
export const createImage =
  (dependencies: JobDependencies) =>
  async (job: JobPayload<"image">, { signal }: { signal: AbortSignal }): Promise<void> => {
    const { documents, storage, inputs, ocr } = dependencies;
    const record = await documents.read(job.document);
    if (!record || isTombstone(record) || record.attempt !== job.attempt) return;
    const key = storageKeys(record.tenant, record.id).image(job.page, job.attempt);
    if (await storage.head(key)) return;
    const page = await readStoredPage(storage, record, job.page);
    const password = await passwordOf(storage, record);
    const draw = async (path: string): Promise<void> =>
      inputs.scratch(async (target) => {
        await ocr.writePageImage(path, page, target, { ...password, signal, urgency: "urgent" });
        await storage.put(key, createReadStream(target), { signal });
      });
    await withSpan("draw page", async () =>
      makeOrExplain(dependencies, record, key, async () => inputs.use(record, draw)),
    );
    await clearIfGone(dependencies, record);
    await documents.announce(record.id);
  };
