import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file that nobody has written to for so long belongs to no running upload. */
const ABANDONED_AFTER_MS = 3_600_000;

const fsyncFolder = (folder: string): void => {
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
};

/** Unfinished files of a process that was killed, and folders on their way out: those are what a deletion left behind. */
const sweep = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && (stats.isDirectory() || Date.now() - stats.mtimeMs > ABANDONED_AFTER_MS))
      rmSync(path, { recursive: true, force: true });
  }
};

/** Cleans the folder once an hour: who was killed may have left bytes of a document that is deleted later. */
export const keepSwept = (folder: string): (() => void) => {
  const timer = setInterval(() => {
    try {
      sweep(folder);
    } catch {
      // The next time will do; that the storage cannot be used is for its ping to say.
    }
  }, ABANDONED_AFTER_MS).unref();
  return () => clearInterval(timer);
};

/**
 * Makes `root/.tmp`, for files that are being written or removed, and cleans it. Synchronous, because it runs once at
 * start: a folder that cannot be used stops the service right there.
 */
export const openTempFolder = (root: string): string => {
  const folder = join(root, ".tmp");
  try {
    // Documents are private: other users of the machine stay outside of a root that is made here.
    const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (first !== undefined)
      for (let at = folder; at.length >= first.length; at = dirname(at)) fsyncFolder(dirname(at));
    sweep(folder);
  } catch (cause) {
    throw new Error(`The storage folder ${root} cannot be used: make it writable for this user, or choose another`, {
      cause,
    });
  }
  return folder;
};
