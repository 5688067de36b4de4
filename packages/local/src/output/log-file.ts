import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

/** One file and the one before it: a service's log takes at most twice this much. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Appends lines to `<folder>/<name>.log`; a full one becomes `<name>.log.1`, in place of the one before. */
export interface LogFile {
  path: string;
  append(line: string): void;
  close(): void;
}

export const openLogFile = (folder: string, name: string, maxBytes = MAX_BYTES): LogFile => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  let file = openSync(path, "a", 0o600);
  let bytes = fstatSync(file).size;

  const turn = (): void => {
    closeSync(file);
    renameSync(path, `${path}.1`);
    file = openSync(path, "a", 0o600);
    bytes = 0;
  };
  return {
    path,
    append: (line) => {
      if (bytes >= maxBytes) turn();
      // Written at once: what a dying platform said last is what is looked for.
      bytes += writeSync(file, `${line}\n`);
    },
    close: () => closeSync(file),
  };
};
