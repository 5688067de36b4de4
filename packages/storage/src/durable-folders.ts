import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { groupCommit } from "./group-commit.ts";
import { isMissing } from "./missing.ts";

/** About 2 MB of paths. Forgetting them costs one more fsync each. */
const MAX_REMEMBERED = 20_000;

const fsyncFolder = async (folder: string): Promise<void> => {
  try {
    await using handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    // Deleted in the meantime: then nothing in it has to last.
    if (!isMissing(error)) throw error;
  }
};

/** A folder and those around it, up to and with `top`. */
function* upwards(folder: string, top: string) {
  for (let at = folder; at.length >= top.length; at = dirname(at)) yield at;
}

/**
 * Folders below `root` whose entries survive a power cut, for the fewest fsyncs: a new file needs that of its folder,
 * and a folder that this process does not know to be durable that of its parent, shared with all who wait for the same.
 */
export const createDurableFolders = (root: string) => {
  const durable = new Set<string>();
  const sync = groupCommit(fsyncFolder);

  return {
    /** Makes a folder and its parents, where they are missing. */
    make: async (folder: string): Promise<void> => {
      const first = await mkdir(folder, { recursive: true });
      if (first !== undefined) for (const made of upwards(folder, first)) durable.delete(made);
    },

    /** Resolves when what was put into the folder, and the folder itself, is on disk. */
    commit: async (folder: string): Promise<void> => {
      // Also folders that were there already: another process may have made one and not have come to its fsync.
      const unsure = [...upwards(folder, root)].filter((at) => at !== root && !durable.has(at));
      await Promise.all([folder, ...unsure.map((at) => dirname(at))].map(sync));
      if (durable.size + unsure.length > MAX_REMEMBERED) durable.clear();
      for (const at of unsure) durable.add(at);
    },
  };
};
