import { type Document, WorkerAnnouncement } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Keys } from "./keys.ts";
import type { DocumentRecord } from "./record.ts";

/** How long an announcement counts; workers repeat theirs every `ANNOUNCE_SECONDS`. */
const ANNOUNCEMENT_TTL_SECONDS = 30;
export const ANNOUNCE_SECONDS = 10;

/** Who works, with what, and what that means for those who wait. */
export const createWorkers = (redis: Redis, keys: Keys) => {
  const present = async (): Promise<WorkerAnnouncement[]> => {
    const announcements = Object.values(await redis.hgetall(keys.workers));
    const oldest = Date.now() - ANNOUNCEMENT_TTL_SECONDS * 1000;
    return announcements.flatMap((text) => {
      const { at, ...worker } = WorkerAnnouncement.loose().parse(JSON.parse(text));
      return Number(at) >= oldest ? [WorkerAnnouncement.parse(worker)] : [];
    });
  };

  return {
    /** The workers of the last 30 s. */
    present,

    announce: async (worker: WorkerAnnouncement): Promise<void> => {
      await redis.hset(keys.workers, worker.worker, JSON.stringify({ ...worker, at: Date.now() }));
    },

    leave: async (worker: string): Promise<void> => {
      await redis.hdel(keys.workers, worker);
    },

    /** The last known workers, also those that have fallen silent: what can be expected to come back. */
    lastKnown: async (): Promise<WorkerAnnouncement[]> =>
      Object.values(await redis.hgetall(keys.workers)).map((text) => WorkerAnnouncement.parse(JSON.parse(text))),

    /** Place in the queue (0 = in work) and the seconds until the end, from the pace of late. */
    estimate: async (record: DocumentRecord): Promise<NonNullable<Document["queue"]>> => {
      const [rank, pace, workers] = await Promise.all([
        redis.zrank(keys.waiting, record.id),
        redis.get(keys.pace),
        present(),
      ]);
      const position = rank === null ? 0 : rank + 1;
      const slots = workers.reduce((sum, worker) => sum + worker.slots, 0);
      if (pace === null || slots === 0) return { position, eta_seconds: null };
      const own = record.total === null ? 1 : record.total - record.done - record.failed;
      const pages = own + Math.max(0, position - 1);
      return { position, eta_seconds: Math.ceil((Math.ceil(pages / slots) * Number(pace)) / 1000) };
    },
  };
};
export type Workers = ReturnType<typeof createWorkers>;
