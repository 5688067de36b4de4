import { readFileSync } from "node:fs";

/** Runs one of a folder's Lua files; their headers say keys, arguments and guarantees. */
export type RunScript<Name extends string> = (
  name: Name,
  keys: string[],
  args: (string | number)[],
) => Promise<unknown>;

/**
 * The text goes along every time, a kilobyte: by digest, the first call after a restart of Redis would take two trips
 * and could be overtaken by what was sent after it.
 */
export const createRunScript = <Name extends string>(
  redis: { eval(script: string, count: number, ...rest: (string | number)[]): Promise<unknown> },
  folder: URL,
): RunScript<Name> => {
  const texts = new Map<Name, string>();
  return async (name, keys, args) => {
    const text = texts.get(name) ?? readFileSync(new URL(`${name}.lua`, folder), "utf8");
    texts.set(name, text);
    return redis.eval(text, keys.length, ...keys, ...args);
  };
};
