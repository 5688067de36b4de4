import type { Redis } from "ioredis";
import { createCapacity } from "./capacity.ts";
import { createKeys } from "./keys.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createEnded } from "./ended.ts";
import { createEnding } from "./ending.ts";
import { createEvents } from "./events.ts";
import { createFetches } from "./fetches.ts";
import { createHands } from "./hands.ts";
import { createIdempotency } from "./idempotency.ts";
import { createIntake } from "./intake.ts";
import { createLookup } from "./lookup.ts";
import { createProgress } from "./progress.ts";
import { createRunScript } from "./scripts.ts";
import { createShares } from "./shares.ts";
import { createUsage } from "./usage.ts";
import { createUpkeep } from "./upkeep.ts";

/** The document records in Redis. `prefix` keeps platforms apart that share one. */
export const createDocumentStore = ({ redis, prefix = "lectura" }: { redis: Redis; prefix?: string }) => {
  const keys = createKeys(prefix);
  const run = createRunScript(redis);
  return {
    ...createIntake(run, keys),
    ...createIdempotency(run, keys),
    ...createProgress(run, keys),
    ...createHands(redis, run, keys),
    ...createEnding(run, keys),
    ...createLookup(redis, keys),
    ...createEvents(redis, keys),
    ...createShares(redis, keys),
    ...createUsage(redis, keys),
    ...createCapacity(redis, keys),
    ...createDeadLetters(redis, run, keys),
    ...createUpkeep(redis, keys),
    ...createEnded(redis, keys),
    ...createFetches(redis, run, keys),
  };
};
export type DocumentStore = ReturnType<typeof createDocumentStore>;
