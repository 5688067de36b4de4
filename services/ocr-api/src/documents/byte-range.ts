import { ProblemError } from "@lectura/contracts";
import type { ByteRange } from "@lectura/storage";

const FROM = /^bytes=(\d+)-(\d*)$/;
const FROM_THE_END = /^bytes=-(\d+)$/;

const parse = (header: string, bytes: number): ByteRange | undefined => {
  const suffix = FROM_THE_END.exec(header)?.[1];
  if (suffix !== undefined) return { first: Math.max(0, bytes - Number(suffix)), last: bytes - 1 };
  const [, first, last] = FROM.exec(header) ?? [];
  if (first === undefined || (last && Number(last) < Number(first))) return undefined;
  return { first: Number(first), last: last ? Math.min(Number(last), bytes - 1) : bytes - 1 };
};

/**
 * The part that a `Range` header asks for (RFC 9110, 14.2); undefined for the whole: without a header, for several ranges
 * at once, in another unit or malformed, as the standard allows. @throws ProblemError 416 for one beyond the end
 */
export const byteRange = (header: string | undefined, bytes: number): ByteRange | undefined => {
  const range = parse(header ?? "", bytes);
  if (!range || range.first <= range.last) return range;
  throw new ProblemError("range-not-satisfiable", `The whole has ${bytes} bytes.`, {
    headers: { "content-range": `bytes */${bytes}` },
  });
};
