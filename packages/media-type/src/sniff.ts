import { ProblemError, type SupportedMediaType, supportedMediaTypes } from "@lectura/contracts";
import { fileTypeFromBuffer } from "file-type";

/** As many of a file's first bytes as telling its type needs. */
export const SNIFF_BYTES = 4100;
/** PDF readers accept a header after this much of something else. */
const PDF_HEADER_WITHIN = 1024;
const TIFF = [Buffer.from("II*\0"), Buffer.from("MM\0*"), Buffer.from("II+\0"), Buffer.from("MM\0+")];
/** P1 to P6 with width and height behind white space and comments, P7 with named fields. */
const PNM = /^(?:P[1-6]\s+(?:#[^\n]*\n\s*)*\d+\s+(?:#[^\n]*\n\s*)*\d+\s|P7\n(?:#[^\n]*\n)*WIDTH \d)/;

/**
 * What file-type cannot tell: it knows a TIFF by its directory, which lies at the end of most and beyond the end of a
 * truncated one, and no PNM at all.
 */
const imageByMagic = (head: Buffer): SupportedMediaType | undefined => {
  if (TIFF.some((magic) => head.subarray(0, 4).equals(magic))) return "image/tiff";
  return PNM.test(head.toString("latin1")) ? "image/x-portable-anymap" : undefined;
};

/** Every type that the bytes claim to be: a PDF may hide behind the head of something else. */
const claimedTypes = async (head: Buffer): Promise<string[]> => {
  const at = head.subarray(0, PDF_HEADER_WITHIN).indexOf("%PDF-");
  if (at === 0) return ["application/pdf"];
  const seen = (await fileTypeFromBuffer(head))?.mime ?? imageByMagic(head);
  return [...(seen ? [seen] : []), ...(at > 0 ? ["application/pdf"] : [])];
};

const refuse = (what: string): ProblemError =>
  new ProblemError("unsupported-media-type", `The file is ${what}. Supported: ${supportedMediaTypes.join(", ")}.`);

/**
 * The media type that a file's first SNIFF_BYTES tell; its name and declared type play no part.
 * @throws ProblemError 415 for what is not supported or of two types at once, 422 for an empty file
 */
export const sniff = async (head: Buffer): Promise<SupportedMediaType> => {
  if (head.length === 0) throw new ProblemError("empty-file", "The file has no bytes.");
  const [claimed, other] = await claimedTypes(head);
  if (!claimed) throw refuse("of no type that is known here");
  // Whoever checked it as the one would have it read as the other.
  if (other) throw refuse(`of two types at once, ${claimed} and ${other}`);
  const supported = supportedMediaTypes.find((type) => type === claimed);
  if (!supported) throw refuse(`of the type ${claimed}`);
  return supported;
};
