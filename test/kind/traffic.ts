import { setTimeout as pause } from "node:timers/promises";
import { Document, DocumentList } from "@lectura/contracts";
import type { Client } from "../fixtures/client.ts";

/** Clients at work at once; each waits for its document before it submits the next one. */
const LANES = 3;

/** What clients saw. */
export interface Seen {
  acknowledged: { id: string; reference: string }[];
  calls: number;
  /** Why calls failed. Reads are made again a second later; a submission is not, it might be a second one. */
  failures: string[];
}

const why = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};

/** Submits small documents in several lanes until `stop`; those under way are followed to their end. */
export const startTraffic = (client: Client, body: Uint8Array<ArrayBuffer>) => {
  const over = new AbortController();
  const seen: Seen = { acknowledged: [], calls: 0, failures: [] };

  const attempt = async (path: string, init: RequestInit = {}): Promise<Document | undefined> => {
    seen.calls += 1;
    try {
      const answer = await client.call(path, { ...init, signal: AbortSignal.timeout(90_000) });
      if (!answer.ok)
        throw new Error(`${init.method ?? "GET"} ${answer.status} ${(await answer.text()).slice(0, 200)}`);
      return Document.parse(await answer.json());
    } catch (error) {
      seen.failures.push(why(error));
      await pause(1000);
      return undefined;
    }
  };

  const lane = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const reference = crypto.randomUUID();
      const taken = await attempt(`/v1/documents?reference=${reference}`, {
        method: "POST",
        body,
        headers: { "cache-control": "no-cache" },
      });
      if (!taken) continue;
      seen.acknowledged.push({ id: taken.id, reference });
      let now: Document | undefined;
      while (!now?.finished_at) now = await attempt(`/v1/documents/${taken.id}?wait=60`);
    }
  };

  const lanes = Array.from({ length: LANES }, lane);
  return {
    stop: async (): Promise<Seen> => {
      over.abort();
      await Promise.all(lanes);
      return seen;
    },
  };
};

/** Every document the platform knows of. */
export const allDocuments = async (client: Client): Promise<Document[]> => {
  const documents: Document[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const answer = await client.call(`/v1/documents?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    const list = DocumentList.parse(await answer.json());
    documents.push(...list.items);
    cursor = list.next_cursor;
  }
  return documents;
};
