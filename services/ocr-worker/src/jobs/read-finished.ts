import type { JobPayload } from "@lectura/contracts";
import { type DocumentRecord, isTombstone } from "@lectura/documents";
import type { JobDependencies } from "./dependencies.ts";

/** The record of a document that has a result; undefined when there is none any more, or only of another attempt. */
export const readFinished = async (
  { documents }: Pick<JobDependencies, "documents">,
  { document, attempt }: Pick<JobPayload<"format">, "document" | "attempt">,
): Promise<DocumentRecord | undefined> => {
  const record = await documents.read(document);
  if (!record || isTombstone(record) || record.attempt !== attempt) return undefined;
  return record.status === "succeeded" || record.status === "partial" ? record : undefined;
};
