import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { chunksOf } from "./chunks-of.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

async function* megabytes(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 20; count += 1) yield new Uint8Array(1_000_000);
}

test("a chunk that has been passed on is forgotten while the source goes on", async () => {
  const passedOn: WeakRef<Uint8Array>[] = [];
  const chunks = chunksOf(megabytes(), new AbortController().signal);
  for (let count = 0; count < 10; count += 1) {
    const { value } = await chunks.next();
    if (value) passedOn.push(new WeakRef(value));
  }
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(passedOn).toHaveLength(10);
  // The last one may still be in somebody's hands.
  expect(passedOn.slice(0, -1).filter((chunk) => chunk.deref() !== undefined)).toHaveLength(0);
  await chunks.return(undefined);
});
