import { z } from "zod";
import { DocumentId, ExtraFormat, TenantId } from "./document.ts";

/** Payload version: a worker that meets a newer one puts the job back for a newer worker. */
export const JOB_VERSION = 1;

const DocumentJob = z.object({
  v: z.int().describe("payload version"),
  tenant: TenantId,
  document: DocumentId,
  attempt: z.int().min(1).describe("the record's attempt; results of another one are not counted"),
});

/** The job catalogue: every kind of work that crosses the queue, with its payload. Bytes never do; jobs carry keys. */
export const jobs = {
  /** Find out what the input is and which pages it has; a single page is recognised right here. */
  inspect: DocumentJob,
  /** Recognise one page of a longer document. */
  page: DocumentJob.extend({ page: z.int().min(1) }),
  /** Put the page results together and finish the document. */
  assemble: DocumentJob,
  /** Make a finished document's result in a format that is not stored yet. */
  format: DocumentJob.extend({ format: ExtraFormat }),
  /** Draw a page as it was recognised. */
  image: DocumentJob.extend({ page: z.int().min(1) }),
};
export type JobName = keyof typeof jobs;
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]>;
