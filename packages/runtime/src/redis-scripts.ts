import { readFileSync } from "node:fs";

/** Runs one of a folder's Lua files; their headers say keys, arguments and guarantees. */
export type RunScript<Name extends string> = (
  name: Name,
  keys: string[],
  args: (string | number)[],
) => Promise<unknown>;

/** As it travels: comments on lines of their own, half of each file, are for those who read it here. */
const withoutComments = (lua: string): string =>
  lua
    .replaceAll(/--\[\[.*?\]\]/gs, "")
    .replaceAll(/^\s*--.*\n/gm, "")
    .replaceAll(/^\s*\n/gm, "");

/**
 * The text goes along every time, a kilobyte: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it. `prelude` is the file that is put before each.
 */
export const createRunScript = <Name extends string>(
  redis: { eval(script: string, count: number, ...rest: (string | number)[]): Promise<unknown> },
  folder: URL,
  { prelude }: { prelude?: string } = {},
): RunScript<Name> => {
  const read = (name: string): string => withoutComments(readFileSync(new URL(`${name}.lua`, folder), "utf8"));
  const before = prelude === undefined ? "" : read(prelude);
  const texts = new Map<Name, string>();
  return async (name, keys, args) => {
    const text = texts.get(name) ?? before + read(name);
    texts.set(name, text);
    return redis.eval(text, keys.length, ...keys, ...args);
  };
};
