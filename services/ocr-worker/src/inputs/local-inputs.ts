import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DocumentId } from "@lectura/contracts";
import { type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** So many bytes may lie in the folder beside what is in use; the longest unused go first. */
const MAX_IDLE_BYTES = 500_000_000;

interface LocalInput {
  path: Promise<string>;
  bytes: number;
  users: number;
}

/**
 * Inputs as local files: each is fetched once for all pages of a document that this worker has, and kept for a while
 * after. `folder` belongs to this process alone; what an earlier one left there is removed.
 */
export const createLocalInputs = async ({ storage, folder }: { storage: Storage; folder: string }) => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const inputs = new Map<DocumentId, LocalInput>();

  const fetch = async (record: DocumentRecord): Promise<string> => {
    const key = storageKeys(record.tenant, record.id).input;
    const found = await storage.get(key);
    if (!found) throw new Error(`the record of ${record.id} promises its input, the storage does not have it`);
    const path = join(await mkdtemp(join(folder, "input-")), "input");
    await pipeline(found.stream, createWriteStream(path, { mode: 0o600 }));
    return path;
  };

  const forget = async (id: DocumentId): Promise<void> => {
    const input = inputs.get(id);
    inputs.delete(id);
    const path = await input?.path.catch(() => undefined);
    if (path) await rm(join(path, ".."), { recursive: true, force: true });
  };

  const makeRoom = async (): Promise<void> => {
    let idle = [...inputs.values()].reduce((sum, { users, bytes }) => sum + (users === 0 ? bytes : 0), 0);
    for (const [id, { users, bytes }] of inputs) {
      if (idle <= MAX_IDLE_BYTES) return;
      if (users > 0) continue;
      idle -= bytes;
      await forget(id);
    }
  };

  return {
    /** Gives the local path of a document's input for as long as `work` runs. */
    use: async <T>(record: DocumentRecord, work: (path: string) => Promise<T>): Promise<T> => {
      const input = inputs.get(record.id) ?? { path: fetch(record), bytes: record.input.bytes, users: 0 };
      // Set anew to be the youngest in the map's order.
      inputs.delete(record.id);
      inputs.set(record.id, input);
      input.users += 1;
      try {
        return await work(await input.path);
      } catch (error) {
        await input.path.catch(() => inputs.delete(record.id));
        throw error;
      } finally {
        input.users -= 1;
        await makeRoom();
      }
    },
    /** The document is finished or gone. */
    forget,
    close: async (): Promise<void> => rm(folder, { recursive: true, force: true }),
  };
};
export type LocalInputs = Awaited<ReturnType<typeof createLocalInputs>>;
