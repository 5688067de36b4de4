import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { ChaosClient } from "./client.ts";

const AGAIN_MS = 250;

/** One event as it came down the stream. */
export interface FollowedEvent {
  id: number;
  type: string;
  page: number | null;
}
const Data = z.object({ type: z.string(), page: z.number().nullable() });

const parseEvent = (block: string): FollowedEvent[] => {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
  const data = field("data");
  return data === undefined ? [] : [{ id: Number(field("id")), ...Data.parse(JSON.parse(data)) }];
};

/** The events of one connection, for as long as it holds. */
async function* eventsOf(answer: Response): AsyncGenerator<FollowedEvent> {
  let rest = "";
  try {
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = `${rest}${text}`.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) yield* parseEvent(block);
    }
  } catch (error) {
    // The connection has broken; whoever reads goes on at another.
    if (!(error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError"))) throw error;
  }
}

const isLast = ({ type }: FollowedEvent): boolean =>
  /^document\.(succeeded|partial|failed|cancelled|expired)$/.test(type);

/** Whether there is nothing more to come: the document has ended, is told of no more, or is gone. */
const isOver = (seen: FollowedEvent[], status: number | undefined): boolean =>
  seen.some(isLast) || status === 204 || status === 404 || status === 410;

/**
 * Reads a document's events from the first to the last, over as many connections as it takes, each going on after what
 * the last one has brought. Of a document that is deleted meanwhile they end without an end.
 */
export const follow = async (client: ChaosClient, id: string, over: AbortSignal): Promise<FollowedEvent[]> => {
  const seen: FollowedEvent[] = [];
  for (;;) {
    const last = seen.at(-1);
    const headers = last ? { "last-event-id": String(last.id) } : undefined;
    const answer = await client.open(`/v1/documents/${id}/events`, headers && { headers }).catch(() => undefined);
    if (answer?.status === 200) for await (const event of eventsOf(answer)) seen.push(event);
    else await answer?.body?.cancel();
    if (isOver(seen, answer?.status)) return seen;
    await pause(AGAIN_MS, undefined, { signal: over });
  }
};
