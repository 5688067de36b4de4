import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { Attempt } from "./progress.ts";
import type { RunScript } from "./scripts.ts";

/** Which pages a worker has in hand: so that one is found over which workers themselves die. */
export const createHands = (redis: Redis, run: RunScript, keys: Keys) => ({
  /** Begins to read a page. `worker` is a name that no other process has had; how many have died over this page alone. */
  takeInHand: async ({ document, attempt }: Attempt, page: number, worker: string): Promise<number> => {
    const former = (await redis.hget(keys.record(document), `holder:${page}`)) ?? "";
    return z
      .number()
      .parse(
        await run(
          "take-in-hand",
          [keys.record(document), keys.inHand(former), keys.inHand(worker)],
          [attempt, page, worker, former],
        ),
      );
  },

  /** Has read it, or not. */
  putDown: async ({ document }: Attempt, page: number, worker: string): Promise<void> => {
    await run("put-down", [keys.record(document), keys.inHand(worker)], [page, worker]);
  },
});
