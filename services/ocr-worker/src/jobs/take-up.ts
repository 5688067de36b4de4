import type { JobPayload } from "@lectura/contracts";
import { type DocumentRecord, isTombstone } from "@lectura/documents";
import type { JobDependencies } from "./dependencies.ts";

/** The record a job is about, in work from here on; undefined when there is nothing left to do for it. */
export const takeUp = async (
  { documents }: Pick<JobDependencies, "documents">,
  job: JobPayload<"inspect">,
): Promise<DocumentRecord | undefined> => {
  if (!(await documents.start(job))) return undefined;
  const record = await documents.read(job.document);
  return record && !isTombstone(record) ? record : undefined;
};
