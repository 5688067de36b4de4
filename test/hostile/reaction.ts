/** A call that means no good, and how it is answered at once: `202`, or `400 malformed-request`. */
export interface Reaction {
  what: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | string;
  answer: string;
  /** What the answer has in it, besides. */
  shows?: object;
}
