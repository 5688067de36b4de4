/**
 * A file that means no good, and what becomes of it: `422 empty-file` where its bytes tell, else how its document ends,
 * `succeeded` or `failed undecodable-file`.
 */
export interface HostileFile {
  what: string;
  bytes: () => Uint8Array | Promise<Uint8Array>;
  /** More than one where it depends on the machine which limit it meets first. */
  ends: string | string[];
  /** Words that its text has all the same. */
  says?: string;
}
