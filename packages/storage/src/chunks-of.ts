/**
 * The chunks of a source that fail with the signal's reason as soon as it aborts, even while the source stands still
 * (a client that stopped sending). Neither `stream.pipeline` nor `fs.writeFile` does that: both wait for the next chunk.
 */
export async function* chunksOf(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // One promise a chunk: in a race with one that lives as long as the source, every chunk would live as long, too.
  let giveUp: ((reason: unknown) => void) | undefined;
  const onAbort = () => giveUp?.(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    // Not awaited: a source that stands still ends when it moves again. How it ends interests nobody any more.
    iterator.return?.().catch(() => undefined);
  }
}
