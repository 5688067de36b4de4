import type { Priority } from "@lectura/contracts";
import { createRunScript } from "@lectura/runtime";
import type { Redis } from "ioredis";
import { z } from "zod";

/** BullMQ has priorities from 1 to 2^21: one half for those who wait, the other for those who said that they can. */
const PLACES = 2 ** 20;
const FIRST_PLACE: Record<Priority, number> = { interactive: 0, batch: PLACES };
const REMEMBERED_SECONDS = 3600;

const Places = z.array(z.number());

/** Gives jobs their places among those of all tenants; `queue` is the prefix of the queue's own keys. */
export const createTurns = (redis: Redis, queue: string) => {
  const run = createRunScript<"take-turns">(redis, new URL("../lua/", import.meta.url));
  return async (
    { tenant, flow, priority }: { tenant: string; flow: string; priority: Priority },
    count: number,
  ): Promise<number[]> => {
    const keys = [`${queue}:turns:${priority}:${tenant}`, `${queue}:turns:${priority}`, `${queue}:prioritized`];
    return Places.parse(
      await run("take-turns", keys, [flow, count, FIRST_PLACE[priority], PLACES, REMEMBERED_SECONDS]),
    );
  };
};
