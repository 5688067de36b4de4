import { open } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";
import { ProblemError, type SupportedMediaType, supportedMediaTypes } from "@lectura/contracts";

/** PDF readers accept a header after this much of something else. */
const PDF_HEADER_WITHIN = 1024;
const TIFF = [Buffer.from("II*\0"), Buffer.from("MM\0*"), Buffer.from("II+\0"), Buffer.from("MM\0+")];

/**
 * What file-type cannot tell: it knows a TIFF by its directory, which lies at the end of most and beyond the end of a
 * truncated one, and a PDF by its very first bytes.
 */
const mediaTypeOfHead = (head: Buffer): SupportedMediaType | undefined => {
  if (TIFF.some((magic) => head.subarray(0, 4).equals(magic))) return "image/tiff";
  if (head.includes("%PDF-")) return "application/pdf";
  return undefined;
};

const readHead = async (path: string): Promise<Buffer> => {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PDF_HEADER_WITHIN), 0, PDF_HEADER_WITHIN, 0);
  return buffer.subarray(0, bytesRead);
};

/** The media type that a file's bytes tell; a problem when it is not one of those supported. */
export const mediaTypeOf = async (path: string): Promise<SupportedMediaType> => {
  const head = await readHead(path);
  if (head.length === 0) throw new ProblemError("empty-file", "The file has no bytes.");
  const seen = await fileTypeFromFile(path);
  const supported = supportedMediaTypes.find((type) => type === seen?.mime) ?? mediaTypeOfHead(head);
  if (supported) return supported;
  const what = seen ? `of the type ${seen.mime}` : "of no type that is known here";
  throw new ProblemError(
    "unsupported-media-type",
    `The file is ${what}. Supported: ${supportedMediaTypes.join(", ")}.`,
  );
};
