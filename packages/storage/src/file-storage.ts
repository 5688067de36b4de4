import { randomUUID } from "node:crypto";
import {
  access,
  constants,
  type FileHandle,
  link,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { chunksOf } from "./chunks-of.ts";
import { createDurableFolders } from "./durable-folders.ts";
import { inPieces } from "./in-pieces.ts";
import { isMissing, unlessMissing } from "./missing.ts";
import type { Body, ByteRange, Storage } from "./storage.ts";
import { keepSwept, openTempFolder } from "./temp-folder.ts";

/** A deletion may take the folder away between mkdir and rename; that often in a row it is something else. */
const MOVE_ATTEMPTS = 20;

/** What is written at once: each call takes another thread, which costs as much as the bytes. */
const PIECE_BYTES = 256 * 1024;

/** Writes them where they lie, without putting them together first, and returns how many bytes they are. */
const writeChunks = async (file: FileHandle, chunks: Uint8Array[]): Promise<number> => {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await file.writev(chunks);
  // A disk that is nearly full takes a part; writing the rest says so.
  if (bytesWritten < bytes) await file.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
  return bytes;
};

/** Writes a new file to the disk itself and returns its size. */
const writeToDisk = async (path: string, body: Body, signal: AbortSignal | undefined): Promise<number> => {
  await using file = await open(path, "wx");
  let bytes = 0;
  if (typeof body === "string" || body instanceof Uint8Array) {
    await file.writeFile(body);
    bytes = Buffer.byteLength(body);
  } else {
    for await (const chunks of inPieces(chunksOf(body, signal), PIECE_BYTES)) bytes += await writeChunks(file, chunks);
  }
  await file.sync();
  return bytes;
};

/** Gives a file a second name; false when it is gone. */
const linkTo = async (source: string, path: string): Promise<boolean> => {
  try {
    await link(source, path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
};

const readStream = (file: FileHandle, range: ByteRange | undefined, signal: AbortSignal | undefined): Readable => {
  const stream = file.createReadStream(range && { start: range.first, end: range.last });
  return signal ? addAbortSignal(signal, stream) : stream;
};

const requireWritable = async (root: string, temp: string): Promise<void> => {
  try {
    await access(temp, constants.W_OK);
  } catch (cause) {
    throw new Error(`The storage folder ${root} is gone or not writable: mount it or put it back`, { cause });
  }
};

const spaceOf = async (root: string): Promise<{ free: number; total: number }> => {
  const { bsize, bavail, blocks } = await statfs(root);
  return { free: bavail * bsize, total: blocks * bsize };
};

/** The keys of all files below the folder that `prefix` names. */
async function* keysBelow(root: string, prefix: string): AsyncGenerator<string> {
  const entries = await unlessMissing(readdir(join(root, prefix), { withFileTypes: true }));
  for (const entry of entries ?? []) {
    const key = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* keysBelow(root, key);
    else yield key;
  }
}

/** Values as files below `root`, which may be shared by several processes. Keys are trusted: createStorage checks them. */
export const createFileStorage = (root: string): Storage => {
  const temp = openTempFolder(root);
  const stopSweeping = keepSwept(temp);
  const folders = createDurableFolders(root);

  const move = async (from: string, to: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await folders.make(dirname(to));
        return await rename(from, to);
      } catch (error) {
        if (attempt === MOVE_ATTEMPTS || !isMissing(error)) throw error;
      }
    }
  };

  return {
    put: async (key, body, { signal } = {}) => {
      signal?.throwIfAborted();
      const unfinished = join(temp, randomUUID());
      const path = join(root, key);
      try {
        const bytes = await writeToDisk(unfinished, body, signal);
        await move(unfinished, path);
        await folders.commit(dirname(path));
        return { bytes };
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },

    get: async (key, { signal, range } = {}) => {
      signal?.throwIfAborted();
      const file = await unlessMissing(open(join(root, key)));
      if (!file) return undefined;
      const stats = await file.stat();
      if (!stats.isFile()) {
        await file.close();
        return undefined;
      }
      const stream = readStream(file, range, signal);
      return { stream, bytes: range ? range.last - range.first + 1 : stats.size };
    },

    read: (key, { signal } = {}) => unlessMissing(readFile(join(root, key), { signal })),
    head: async (key) => {
      const stats = await unlessMissing(stat(join(root, key)));
      return stats?.isFile() ? { bytes: stats.size } : undefined;
    },

    // A second name for the same bytes, which go with the last one: values are replaced as a whole and never changed.
    copy: async (from, to) => {
      const unfinished = join(temp, randomUUID());
      const path = join(root, to);
      try {
        const source = join(root, from);
        if (!(await unlessMissing(stat(source)))?.isFile() || !(await linkTo(source, unfinished))) return false;
        await move(unfinished, path);
        await folders.commit(dirname(path));
        return true;
      } finally {
        // Between two names of one file a rename does nothing.
        await rm(unfinished, { force: true });
      }
    },

    delete: async (key) => {
      const path = join(root, key);
      await unlessMissing(unlink(path));
      await folders.commit(dirname(path));
    },

    deletePrefix: async (prefix) => {
      const trash = join(temp, randomUUID());
      // Moved away in one step, so that a crash leaves no half of it. The slash makes a value of that name stay.
      await unlessMissing(rename(`${join(root, prefix)}/`, trash));
      await folders.commit(dirname(join(root, prefix)));
      await rm(trash, { recursive: true, force: true });
    },

    list: (prefix) => keysBelow(root, prefix),

    space: async () => spaceOf(root),

    ping: async () => requireWritable(root, temp),

    close: async () => stopSweeping(),
  };
};
