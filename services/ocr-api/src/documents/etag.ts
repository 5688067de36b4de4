import { createHash } from "node:crypto";
import type { Document } from "@lectura/contracts";

/** Names a document's state; the place in the queue moves all the time and is left out. */
export const documentEtag = (document: Document): string => {
  const state = JSON.stringify({ ...document, queue: null });
  return `"${createHash("sha256").update(state).digest("base64url").slice(0, 22)}"`;
};

/** Whether `If-None-Match` names this state (RFC 9110, 13.1.2; weak comparison). */
export const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "") === etag));
