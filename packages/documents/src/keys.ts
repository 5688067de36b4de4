import { createHash } from "node:crypto";
import type { DocumentId, TenantId } from "@lectura/contracts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The Redis keys of the documents; `prefix` keeps platforms (and tests) apart that share a Redis. */
export const createKeys = (prefix: string) => ({
  record: (id: DocumentId) => `${prefix}:document:${id}`,
  done: (id: DocumentId) => `${prefix}:document:${id}:done`,
  failed: (id: DocumentId) => `${prefix}:document:${id}:failed`,
  events: (id: DocumentId) => `${prefix}:document:${id}:events`,
  /** Record, pages done, pages failed and events: what every script that changes a document is given first. */
  document: (id: DocumentId) => [
    `${prefix}:document:${id}`,
    `${prefix}:document:${id}:done`,
    `${prefix}:document:${id}:failed`,
    `${prefix}:document:${id}:events`,
  ],
  letters: (id: DocumentId) => `${prefix}:document:${id}:dead-letters`,
  /** `tenant/document-attempt-page` of every dead letter. */
  allLetters: `${prefix}:dead-letters`,
  /** All ids of a tenant; ids sort by time. */
  tenant: (tenant: TenantId) => `${prefix}:documents:${tenant}`,
  reference: (tenant: TenantId, reference: string | null) =>
    reference === null ? `${prefix}:documents:${tenant}` : `${prefix}:documents:${tenant}:reference:${reference}`,
  /** What a client calls its request; by digest, since the name may say something about the document. */
  idempotency: (tenant: TenantId, key: string) => `${prefix}:idempotency:${tenant}:${sha256(key)}`,
  /** The document with a tenant's result for certain bytes, options, engine and models. */
  cache: (tenant: TenantId, by: string) => `${prefix}:cache:${tenant}:${by}`,
  /** Not final, by the time somebody last worked on them or looked after them. */
  open: `${prefix}:documents:open`,
  /** Queued, by the time they came in. */
  waiting: `${prefix}:documents:waiting`,
  expiry: `${prefix}:documents:expiry`,
  /** `tenant/id` of buried documents whose bytes may still be there. */
  purge: `${prefix}:documents:purge`,
  /** `tenant/id` of uploads that have begun and have no record yet. */
  receiving: `${prefix}:documents:receiving`,
  /** Documents whose input is to be fetched, by when somebody may take that up. */
  fetches: `${prefix}:documents:fetches`,
  /** Ends of documents of which no webhook has been told yet (`ended.ts`). */
  ended: `${prefix}:documents:ended`,
  /** Pages that documents in work still have. */
  pagesLeft: `${prefix}:documents:pages-left`,
  /** How pages were read of late (`settle-page.lua`), and how many a document of each type had (`plan.lua`). */
  pageTimes: `${prefix}:documents:page-times`,
  /** Channel on which the id of every changed document is published. */
  changes: `${prefix}:documents:changes`,
  /** `tenant/id` of every document that is not final. */
  inFlight: `${prefix}:documents:in-flight`,
  /** Pages read in the hour of this time (ms), by tenant. */
  pagesOfHour: (now: number) => `${prefix}:pages:${new Date(now).toISOString().slice(0, 13)}`,
  /** Bytes of inputs that are kept, by tenant. */
  kept: `${prefix}:kept`,
  /** What a tenant has been given in place of the platform's limits; the gateway reads it, too. */
  limits: (tenant: TenantId) => `${prefix}:limits:${tenant}`,
  /** What was used on a day (`2026-11-25`): `tenant/pages` and its like. */
  usage: (day: string) => `${prefix}:usage:${day}`,
  /** How many pages a worker has in hand, one process after the other by names of their own. */
  inHand: (worker: string) => `${prefix}:in-hand:${worker}`,
  workers: `${prefix}:workers`,
  /** Engine and models of the worker that announced itself last; stays when it leaves. */
  lastEngine: `${prefix}:workers:last-engine`,
});
export type Keys = ReturnType<typeof createKeys>;
