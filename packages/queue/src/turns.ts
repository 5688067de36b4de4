import { readFileSync } from "node:fs";
import type { Priority } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { z } from "zod";

const SCRIPT = readFileSync(new URL("../lua/take-turns.lua", import.meta.url), "utf8");

/** BullMQ has priorities from 1 to 2^21: one half for those who wait, the other for those who said that they can. */
const PLACES = 2 ** 20;
const FIRST_PLACE: Record<Priority, number> = { interactive: 0, batch: PLACES };
const REMEMBERED_SECONDS = 3600;

const Places = z.array(z.number());

/** Gives jobs their places among those of all tenants; `queue` is the prefix of the queue's own keys. */
export const createTurns =
  (redis: Redis, queue: string) =>
  async (
    { tenant, flow, priority }: { tenant: string; flow: string; priority: Priority },
    count: number,
  ): Promise<number[]> =>
    Places.parse(
      await redis.eval(
        SCRIPT,
        3,
        `${queue}:turns:${priority}:${tenant}`,
        `${queue}:turns:${priority}`,
        `${queue}:prioritized`,
        flow,
        count,
        FIRST_PLACE[priority],
        PLACES,
        REMEMBERED_SECONDS,
      ),
    );
