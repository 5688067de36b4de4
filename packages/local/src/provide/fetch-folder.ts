import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Path of the folder `name` in `toolsDir`. Where it is not there yet, `fetch` makes one in the scratch folder that it is given and
 * gives its path: it comes into place whole or not at all.
 */
export const fetchFolder = async (
  toolsDir: string,
  name: string,
  fetch: (scratch: string) => Promise<string>,
): Promise<string> => {
  const folder = join(toolsDir, name);
  if (existsSync(folder)) return folder;
  await mkdir(toolsDir, { recursive: true });
  const scratch = await mkdtemp(join(toolsDir, `.${name}-`));
  try {
    const fetched = await fetch(scratch);
    // Another process may have been quicker: both have the same.
    await rename(fetched, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};
