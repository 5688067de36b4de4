import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where a distribution keeps its programs, whatever PATH says. */
export const SYSTEM_FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/** The folders of a PATH variable. */
export const foldersOfPath = (path: string | undefined): string[] =>
  (path ?? "").split(delimiter).filter((folder) => folder !== "");

const isExecutable = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The full path of the first of these programs that one of the folders has. */
export const findProgram = async (
  names: readonly string[],
  folders: readonly string[],
): Promise<string | undefined> => {
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
};
