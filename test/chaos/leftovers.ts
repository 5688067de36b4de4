import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { Journal } from "./journal.ts";
import { BALLAST } from "./small-room.ts";
import type { Stage } from "./stage.ts";

/** What is kept of a document that is gone: that it was there. */
const TOMBSTONE = "status,tenant";
/** Kept when there is no document any more: the pace of pages, who sweeps just now. */
const LASTING = new Set(["lectura:documents:page-times", "lectura:documents:open:sweeper"]);
/** Everything else that names documents, and each job in the queues. */
const OF_DOCUMENTS = /^lectura:(document|documents|cache|dead-letters|ocr|ocr-pages):?/;
/** What BullMQ keeps of an empty queue, and the turns that are forgotten by themselves. */
const EMPTY_QUEUE = /^lectura:(ocr|ocr-pages):(meta|id|events|pc|marker|stalled-check|turns.*)$/;

/** What a writer leaves when it is killed, or may not write any more, between the file's last byte and its name. */
const UNFINISHED = ".tmp";
/** What may end a writer so: who is told to stop, or finds no room, takes its unfinished files away. */
const ENDS_WRITERS = /^kill -9 (?:ocr-api|ocr-worker|second worker|courier)$|^storage read-only$/;
/** Left by one of them on the mean at most: half an hour of trouble with 107 of them left 9 in all. */
const FILES_EACH = 1;

/** As if hours had passed: what was abandoned or buried is due. */
export const letTimePass = async ({ withRedis, storage }: Stage): Promise<void> => {
  await withRedis(async (redis) => {
    for (const key of ["lectura:documents:receiving", "lectura:documents:purge"])
      for (const member of await redis.zrange(key, "0", "-1")) await redis.zadd(key, "XX", 0, member);
  });
  const unfinished = join(storage, UNFINISHED);
  for (const name of await readdir(unfinished)) await utimes(join(unfinished, name), 0, 0).catch(() => {});
};

/** Complains of unfinished files that no trouble explains, and has a service started anew, which sweeps the others. */
export const judgeUnfinished = async (stage: Stage, { counts, count, complain }: Journal): Promise<void> => {
  const files = await readdir(join(stage.storage, UNFINISHED));
  let explained = 0;
  for (const [what, times] of counts) if (ENDS_WRITERS.test(what)) explained += times * FILES_EACH;
  count("unfinished files of killed writers", files.length);
  if (files.length > explained) complain(`${files.length} unfinished files, of which troubles explain ${explained}`);
  await letTimePass(stage);
  const api = (await stage.processes()).find(({ name }) => name === "ocr-api");
  if (api) process.kill(api.pid, "SIGTERM");
};

const isLeft = async (redis: Redis, key: string): Promise<boolean> => {
  if (LASTING.has(key) || EMPTY_QUEUE.test(key) || !OF_DOCUMENTS.test(key)) return false;
  if (!/^lectura:document:doc_[0-9a-f]+$/.test(key)) return true;
  return (await redis.hkeys(key)).toSorted().join() !== TOMBSTONE;
};

/** What Redis and the storage still have of documents, once all are deleted. */
export const findLeftovers = async ({ withRedis, storage }: Stage): Promise<string[]> => {
  const left = await withRedis(async (redis) => {
    const found: string[] = [];
    for await (const keys of redis.scanStream({ count: 1000 }))
      for (const key of keys) if (await isLeft(redis, key)) found.push(`in Redis ${key}`);
    return found;
  });
  const entries = await readdir(storage, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== BALLAST);
  return [...left, ...files.map(({ parentPath, name }) => `in storage ${parentPath.slice(storage.length)}/${name}`)];
};
