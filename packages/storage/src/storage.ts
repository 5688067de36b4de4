import type { Readable } from "node:stream";

export type Body = Uint8Array | string | AsyncIterable<Uint8Array>;

/** Both within the value; bytes count from 0. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Bytes under keys such as `ten_x/doc_y/pages/12.json`. A key names either a value or, as `prefix`, a folder of values,
 * never both. A value is there as a whole or not at all, for readers too.
 */
export interface Storage {
  /**
   * Stores a value, replacing what was there; it survives a power cut once this resolves. When the source fails or the
   * signal aborts, what was there stays, and the source is asked to end.
   */
  put(key: string, body: Body, options?: { signal?: AbortSignal | undefined }): Promise<{ bytes: number }>;
  /**
   * The value, or the bytes from `range.first` to `range.last` of it, as a stream, to be read to its end or destroyed;
   * undefined when there is none. `bytes` are those of the stream.
   */
  get(
    key: string,
    options?: { signal?: AbortSignal | undefined; range?: ByteRange | undefined },
  ): Promise<{ stream: Readable; bytes: number } | undefined>;
  /** The value in memory, for what is known to be small enough; undefined when there is none. */
  read(key: string, options?: { signal?: AbortSignal | undefined }): Promise<Buffer | undefined>;
  /** The size of the value; undefined when there is none. */
  head(key: string): Promise<{ bytes: number } | undefined>;
  /** Stores a value once more under another key, for its own life there; false when there is none to copy. */
  copy(from: string, to: string): Promise<boolean>;
  /** Removes the value, if there is one. */
  delete(key: string): Promise<void>;
  /** Removes every value below `prefix/`. */
  deletePrefix(prefix: string): Promise<void>;
  /** The keys below `prefix/`, in no particular order. */
  list(prefix: string): AsyncIterable<string>;
  /** How many bytes fit in still, and in all; undefined where there is no end to it. */
  space(): Promise<{ free: number; total: number } | undefined>;
  /** Rejects, saying what to look at, when values cannot be stored now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
