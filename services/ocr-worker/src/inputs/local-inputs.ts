import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DocumentId } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** So many bytes may lie in the folder beside what is in use. */
const MAX_IDLE_BYTES = 500_000_000;

interface LocalInput {
  path: Promise<string>;
  bytes: number;
  users: number;
}

/**
 * Inputs as local files: each is fetched once for all pages of a document that this worker has, and kept for a while
 * after; beyond `maxIdleBytes` the longest unused go first. `folder` belongs to this process alone; what an earlier one
 * left there is removed.
 */
export const createLocalInputs = async ({
  storage,
  folder,
  maxIdleBytes = MAX_IDLE_BYTES,
}: {
  storage: Pick<Storage, "get">;
  folder: string;
  maxIdleBytes?: number;
}) => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inputs = new Map<DocumentId, LocalInput>();

  const remove = async (input: LocalInput): Promise<void> => {
    const path = await input.path.catch(() => undefined);
    if (path) await rm(dirname(path), { recursive: true, force: true });
  };

  const fetch = async (record: DocumentRecord): Promise<string> => {
    const found = await storage.get(storageKeys(record.tenant, record.id).input);
    if (!found) throw new Error(`the record of ${record.id} promises its input, the storage does not have it`);
    const place = await mkdtemp(join(folder, "input-"));
    const path = join(place, "input");
    try {
      await pipeline(found.stream, createWriteStream(path, { mode: 0o600 }));
      return path;
    } catch (error) {
      await rm(place, { recursive: true, force: true });
      throw error;
    }
  };

  const forget = async (id: DocumentId): Promise<void> => {
    const input = inputs.get(id);
    inputs.delete(id);
    // Whoever still works with it removes it in the end.
    if (input?.users === 0) await remove(input);
  };

  const makeRoom = async (): Promise<void> => {
    let idle = [...inputs.values()].reduce((sum, { users, bytes }) => sum + (users === 0 ? bytes : 0), 0);
    for (const [id, { users, bytes }] of inputs) {
      if (idle <= maxIdleBytes) return;
      if (users > 0) continue;
      idle -= bytes;
      await forget(id);
    }
  };

  const giveBack = async (id: DocumentId, input: LocalInput): Promise<void> => {
    input.users -= 1;
    const kept = inputs.get(id) === input;
    if (!kept && input.users === 0) await remove(input);
    await makeRoom();
  };

  return {
    /** Gives the local path of a document's input for as long as `work` runs. */
    use: async <T>(record: DocumentRecord, work: (path: string) => Promise<T>): Promise<T> => {
      const { id } = record;
      const input = inputs.get(id) ?? { path: fetch(record), bytes: record.input?.bytes ?? 0, users: 0 };
      // Set anew to be the youngest in the map's order.
      inputs.delete(id);
      inputs.set(id, input);
      input.users += 1;
      try {
        const path = await input.path.catch((error: unknown) => {
          // The next one tries again.
          if (inputs.get(id) === input) inputs.delete(id);
          throw error;
        });
        return await work(path);
      } finally {
        await giveBack(id, input);
      }
    },
    /** Gives a path in the folder for a file that is there only as long as `work` runs. */
    scratch: async <T>(work: (path: string) => Promise<T>): Promise<T> => {
      const place = await mkdtemp(join(folder, "scratch-"));
      try {
        return await work(join(place, "file"));
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
    /** The document is finished or gone. */
    forget,
    close: async (): Promise<void> => rm(folder, { recursive: true, force: true }),
  };
};
export type LocalInputs = Awaited<ReturnType<typeof createLocalInputs>>;
