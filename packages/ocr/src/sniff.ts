import { ProblemError, type SupportedMediaType, supportedMediaTypes } from "@lectura/contracts";
import { fileTypeFromBuffer } from "file-type";

/** As many of a file's first bytes as telling its type needs. */
export const SNIFF_BYTES = 4100;
/** PDF readers accept a header after this much of something else. */
const PDF_HEADER_WITHIN = 1024;
const TIFF = [Buffer.from("II*\0"), Buffer.from("MM\0*"), Buffer.from("II+\0"), Buffer.from("MM\0+")];

/**
 * What file-type cannot tell: it knows a TIFF by its directory, which lies at the end of most and beyond the end of a
 * truncated one, and a PDF by its very first bytes.
 */
const byMagic = (head: Buffer): SupportedMediaType | undefined => {
  if (TIFF.some((magic) => head.subarray(0, 4).equals(magic))) return "image/tiff";
  if (head.subarray(0, PDF_HEADER_WITHIN).includes("%PDF-")) return "application/pdf";
  return undefined;
};

/**
 * The media type that a file's first SNIFF_BYTES tell; its name and declared type play no part.
 * @throws ProblemError 415 for what is not supported, 422 for an empty file
 */
export const sniff = async (head: Buffer): Promise<SupportedMediaType> => {
  if (head.length === 0) throw new ProblemError("empty-file", "The file has no bytes.");
  const seen = await fileTypeFromBuffer(head);
  const supported = supportedMediaTypes.find((type) => type === seen?.mime) ?? byMagic(head);
  if (supported) return supported;
  const what = seen ? `of the type ${seen.mime}` : "of no type that is known here";
  throw new ProblemError(
    "unsupported-media-type",
    `The file is ${what}. Supported: ${supportedMediaTypes.join(", ")}.`,
  );
};
