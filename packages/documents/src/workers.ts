import { type Document, WorkerAnnouncement } from "@lectura/contracts";
import { heldFor } from "@lectura/runtime";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { DocumentRecord } from "./record.ts";
import type { Recogniser } from "./result-key.ts";

/** How long an announcement counts; workers repeat theirs every `ANNOUNCE_SECONDS`. */
const PRESENT_MS = 30_000;
export const ANNOUNCE_SECONDS = 10;
/** For an estimate, announcements that were read are good for so long. */
const HELD_MS = 500;
/** A worker that was killed never says goodbye: so long its languages are still counted on. */
const FORGET_MS = 86_400_000;

const Announced = WorkerAnnouncement.extend({ at: z.number().describe("milliseconds since 1970") });

type Announced = z.infer<typeof Announced>;

const withoutTime = ({ at: _at, ...worker }: Announced): WorkerAnnouncement => worker;

const presentAmong = (announced: Announced[]): WorkerAnnouncement[] => {
  const oldest = Date.now() - PRESENT_MS;
  return announced.filter(({ at }) => at >= oldest).map(withoutTime);
};

/** Documents in work that an estimate looks at; with more of them it no longer matters. */
const MOST_OTHERS = 999;

/**
 * Documents take turns, so until this one is done each that came before it gets as many pages read as this one has, at most;
 * each that came after it one less. Ids are in the order in which the documents came.
 */
const pagesBeside = (id: string, own: number, others: string[]): number => {
  let pages = 0;
  for (let index = 0; index < others.length; index += 2) {
    const [other = "", left] = others.slice(index, index + 2);
    if (other !== id) pages += Math.min(Number(left), other < id ? own : own - 1);
  }
  return pages;
};

interface Pace {
  /** What a page takes (ms). */
  takes: number;
  /** What it adds to the time in which any page is read: less than it takes where several are read at once. */
  adds: number;
}

const inSeconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** The pace of pages alone in their document and of those among others; of one kind none may have been read yet. */
const paceFrom = (times: Record<string, string>): { alone: Pace | undefined; among: Pace | undefined } => {
  const of = (kind: string): Pace | undefined =>
    times[`${kind}_takes`] ? { takes: Number(times[`${kind}_takes`]), adds: Number(times[`${kind}_adds`]) } : undefined;
  const [alone, among] = [of("alone"), of("among")];
  return { alone: alone ?? among, among: among ?? alone };
};

/** Who works, with what, and what that means for those who wait. */
export const createWorkers = (redis: Redis, keys: Keys) => {
  const announced = async (): Promise<Announced[]> =>
    Object.values(await redis.hgetall(keys.workers)).map((text) => Announced.parse(JSON.parse(text)));
  const present = async (): Promise<WorkerAnnouncement[]> => presentAmong(await announced());
  const lately = heldFor(HELD_MS, announced);

  return {
    /** The workers of the last 30 s. */
    present,

    /** What would recognise a document now: the engines and models of the workers, or of the last one there was. */
    recognisers: async (): Promise<Recogniser[]> => {
      const [working, last] = await Promise.all([present(), redis.get(keys.lastEngine)]);
      if (working.length > 0) return working;
      return last === null ? [] : [WorkerAnnouncement.parse(JSON.parse(last))];
    },

    /** The last known workers, also those that have fallen silent: what can be expected to come back. */
    lastKnown: async (): Promise<WorkerAnnouncement[]> => (await announced()).map(withoutTime),

    announce: async (worker: WorkerAnnouncement): Promise<void> => {
      const now = Date.now();
      await Promise.all([
        redis.hset(keys.workers, worker.worker, JSON.stringify({ ...worker, at: now })),
        redis.set(keys.lastEngine, JSON.stringify(worker)),
      ]);
      const gone = (await announced()).filter(({ at }) => at < now - FORGET_MS);
      if (gone.length > 0) await redis.hdel(keys.workers, ...gone.map((each) => each.worker));
    },

    leave: async (worker: string): Promise<void> => {
      await redis.hdel(keys.workers, worker);
    },

    /** Place in the queue (0 = in work) and the seconds until the end, from the pace of late. */
    estimate: async (record: DocumentRecord): Promise<NonNullable<Document["queue"]>> => {
      const [rank, waiting, times, workers, others] = await Promise.all([
        redis.zrank(keys.waiting, record.id),
        redis.zcard(keys.waiting),
        redis.hgetall(keys.pageTimes),
        lately(),
        redis.zrange(keys.pagesLeft, 0, `${MOST_OTHERS}`, "WITHSCORES"),
      ]);
      const position = rank === null ? 0 : rank + 1;
      const { alone, among } = paceFrom(times);
      if (!alone || !among || presentAmong(workers).length === 0) return { position, eta_seconds: null };
      const ahead = Math.max(0, position - 1);
      // How many pages a document has is known once it is in work; before that, how many those of its type have had.
      const pages = record.total ?? Math.round(Number(times[`${record.input?.media_type}_pages`] ?? 1));
      if (pages <= 1) return { position, eta_seconds: inSeconds(ahead * alone.adds + alone.takes) };
      const own = pages - record.done - record.failed;
      const turns = own + pagesBeside(record.id, own, others);
      // For each page of a longer document one new document may go first, as long as there are any.
      const beside = Math.min(waiting - position, turns) * alone.adds + turns * among.adds;
      return { position, eta_seconds: inSeconds(ahead * alone.adds + Math.max(among.takes, beside)) };
    },
  };
};
export type Workers = ReturnType<typeof createWorkers>;
