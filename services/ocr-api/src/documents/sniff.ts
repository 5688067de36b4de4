import { ProblemError, type SupportedMediaType, supportedMediaTypes } from "@lectura/contracts";
import { fileTypeFromBuffer } from "file-type";

/** As many of a file's first bytes as telling its type needs. */
export const SNIFF_BYTES = 4100;
// A PDF may have other bytes ahead of its header; viewers look this far.
const PDF_HEADER_WITHIN = 1024;

const isSupported = (type: string): type is SupportedMediaType => supportedMediaTypes.some((each) => each === type);

/** The type that a file's first bytes tell; its name and declared type play no part. @throws ProblemError 415, 422 */
export const sniff = async (head: Buffer): Promise<SupportedMediaType> => {
  if (head.length === 0) throw new ProblemError("empty-file", "The file has no bytes.");
  const seen = await fileTypeFromBuffer(head);
  if (seen && isSupported(seen.mime)) return seen.mime;
  if (head.subarray(0, PDF_HEADER_WITHIN).includes("%PDF-")) return "application/pdf";
  throw new ProblemError(
    "unsupported-media-type",
    `The file looks like ${seen ? seen.mime : "no known document type"}; supported are ${supportedMediaTypes.join(", ")}.`,
  );
};
