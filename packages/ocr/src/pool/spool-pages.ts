import { createWriteStream } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { PageResult } from "@lectura/contracts";

/** Page results in a file, one on each line, for a child to read: there may be more of them than memory should hold. */
export const spoolPages = async (pages: AsyncIterable<PageResult>) => {
  const folder = await mkdtempDisposable(join(tmpdir(), "lectura-pages-"));
  const path = join(folder.path, "pages.jsonl");
  let count = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const page of pages) {
      count += 1;
      yield `${JSON.stringify(page)}\n`;
    }
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return { path, count, [Symbol.asyncDispose]: () => folder.remove() };
};
