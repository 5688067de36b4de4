import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ExplainedError } from "../explained-error.ts";

const complaint = async (name: string, path: string): Promise<string | undefined> => {
  try {
    if (!(await stat(path)).isFile()) return `${name} is not a file`;
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return `${name} does not exist`;
    return `${name} cannot be read (${String(code)})`;
  }
};

/**
 * The full paths of the files, in order; a name counts from the folder the user is in.
 * @throws ExplainedError naming every one that cannot be read
 */
export const checkFiles = async (names: readonly string[], folder: string): Promise<string[]> => {
  const paths = names.map((name) => resolve(folder, name));
  const complaints = await Promise.all(names.map((name, index) => complaint(name, paths[index] ?? name)));
  const said = complaints.filter((text) => text !== undefined);
  if (said.length > 0) throw new ExplainedError(`${said.join("; ")}. Nothing was started (looked in ${folder}).`);
  return paths;
};
