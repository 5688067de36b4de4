import { createHash } from "node:crypto";
import { type DocumentInput, ProblemError } from "@lectura/contracts";
import { sniff, SNIFF_BYTES } from "@lectura/media-type";
import { plainName } from "./filename.ts";

/** A file as it streams in. */
export interface IncomingFile {
  stream: AsyncIterable<Buffer>;
  filename: string | null;
}

/** Takes the bytes of a file, to the end. */
export type Store = (chunks: AsyncGenerator<Buffer>) => Promise<unknown>;

const readHead = async (source: AsyncIterator<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < SNIFF_BYTES) {
    const { done, value } = await source.next();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
  }
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
};

/**
 * Hands a file on to `store` while telling its type, hashing and counting it.
 * @throws ProblemError 413 beyond `limit` bytes, 415 and 422 by the first bytes; then nothing is stored
 */
export const receiveFile = async (
  { store, limit }: { store: Store; limit: number },
  file: IncomingFile,
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
  };
  await store(counted());
  return { filename: plainName(file.filename), media_type: mediaType, bytes, sha256: hash.digest("hex") };
};
