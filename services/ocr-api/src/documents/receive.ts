import { createHash } from "node:crypto";
import { type DocumentInput, ProblemError } from "@lectura/contracts";
import { sniff, SNIFF_BYTES } from "@lectura/ocr/sniff";
import type { Storage } from "@lectura/storage";

const readHead = async (source: AsyncIterator<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < SNIFF_BYTES) {
    const { done, value } = await source.next();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
  }
  return Buffer.concat(chunks);
};

/**
 * Streams a file to storage while telling its type, hashing and counting it. The storage keeps nothing of it before
 * `noted` resolves, since only then does the stream end.
 * @throws ProblemError 413 beyond `limit` bytes, 415 and 422 by the first bytes; then nothing is stored
 */
export const receiveFile = async (
  { storage, limit, noted }: { storage: Storage; limit: number; noted: Promise<void> },
  key: string,
  file: { stream: AsyncIterable<Buffer>; filename: string | null },
): Promise<DocumentInput> => {
  const source = file.stream[Symbol.asyncIterator]();
  const head = await readHead(source);
  const mediaType = await sniff(head);
  const hash = createHash("sha256");
  let bytes = 0;

  const counted = async function* (): AsyncGenerator<Buffer> {
    for (let chunk: Buffer | undefined = head; chunk;) {
      bytes += chunk.length;
      if (bytes > limit) throw new ProblemError("file-too-large", `The limit is ${limit} bytes.`);
      hash.update(chunk);
      yield chunk;
      const next: IteratorResult<Buffer, unknown> = await source.next();
      chunk = next.done ? undefined : next.value;
    }
    await noted;
  };
  await storage.put(key, counted());
  return { filename: file.filename, media_type: mediaType, bytes, sha256: hash.digest("hex") };
};
