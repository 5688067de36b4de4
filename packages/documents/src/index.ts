export { type Changes, createChanges } from "./changes.ts";
export { createClaimDue } from "./claim-due.ts";
export { parseLetterId } from "./dead-letters.ts";
export { newDocumentId } from "./document-id.ts";
export { toDocument } from "./document-view.ts";
export type { Ending } from "./ended.ts";
export { toFailure } from "./failure.ts";
export { HOLD_AGAIN_MS, type Hold, HoldLostError } from "./idempotency.ts";
export { createKeys } from "./keys.ts";
export type { ListQuery } from "./lookup.ts";
export type { Outcome } from "./ending.ts";
export type { Attempt } from "./progress.ts";
export {
  type DocumentRecord,
  FIRST_ATTEMPT,
  isTombstone,
  type NewDocument,
  NewerRecordError,
  type Tombstone,
} from "./record.ts";
export { type Recogniser, resultKey } from "./result-key.ts";
export { TooManyBytesError, TooManyInFlightError } from "./shares.ts";
export { storageKeys } from "./storage-keys.ts";
export { createDocumentStore, type DocumentStore } from "./store.ts";
export type { Owned } from "./upkeep.ts";
export { ANNOUNCE_SECONDS, createWorkers, type Workers } from "./workers.ts";
export { watchWork } from "./watch-work.ts";
export { sealPassword, unsealPassword } from "./sealed-password.ts";
