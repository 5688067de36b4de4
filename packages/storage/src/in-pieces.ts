/** Chunks of a source in groups of at least so many bytes; only the last may be smaller. */
export async function* inPieces(chunks: AsyncIterable<Uint8Array>, least: number): AsyncGenerator<Uint8Array[]> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < least) continue;
    yield waiting;
    [waiting, bytes] = [[], 0];
  }
  if (bytes > 0) yield waiting;
}
