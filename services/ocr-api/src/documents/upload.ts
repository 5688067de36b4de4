import { type DocumentInput, DocumentOptions, ProblemError } from "@lectura/contracts";
import type { FastifyRequest } from "fastify";

/** A file as it streams in. */
export interface IncomingFile {
  stream: AsyncIterable<Buffer>;
  filename: string | null;
}

/** What a submission brings, once its body has been read to the end. */
export interface Upload {
  input: DocumentInput;
  options: DocumentOptions;
}

type Receive = (file: IncomingFile) => Promise<DocumentInput>;

const filenameOf = (disposition: string | undefined): string | null => {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1];
  if (!extended) return plain ?? null;
  try {
    return decodeURIComponent(extended);
  } catch {
    return plain ?? null;
  }
};

/** The raw form: the body is the file, options are in the query. */
const readRaw = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  const options = DocumentOptions.parse(request.query);
  const filename = filenameOf(request.headers["content-disposition"]);
  return { options, input: await receive({ stream: request.raw, filename }) };
};

/** The form: one part `file`, options before or after it. */
const readMultipart = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  const fields: Record<string, unknown> = { ...Object(request.query) };
  let input: DocumentInput | undefined;
  const parts = request.parts();
  // Not `for await`: leaving it early would wait for the end of a body that nobody reads any more.
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const part = next.value;
    if (part.type === "field") {
      fields[part.fieldname] = part.value;
      continue;
    }
    if (part.fieldname !== "file") throw new ProblemError("unknown-field", `not known: ${part.fieldname}`);
    if (input) throw new ProblemError("malformed-request", "Send exactly one part named file; there were two.");
    input = await receive({ stream: part.file, filename: part.filename || null });
  }
  if (!input) throw new ProblemError("malformed-request", "Send exactly one part named file; there was none.");
  return { input, options: DocumentOptions.parse(fields) };
};

/** Reads a submission in any of its forms, handing the file on while it streams. */
export const readUpload = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") {
    throw new ProblemError("unknown-field", "The JSON form, with source.url, is not available in this version.");
  }
  return type === "multipart/form-data" ? readMultipart(request, receive) : readRaw(request, receive);
};
