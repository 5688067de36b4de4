import { type DocumentInput, DocumentOptions, ProblemError } from "@lectura/contracts";
import { filenameOf, type IncomingFile } from "@lectura/intake";
import type { FastifyRequest } from "fastify";

/** What a submission brings, once its body has been read to the end. */
export interface Upload {
  input: DocumentInput;
  options: DocumentOptions;
}

type Receive = (file: IncomingFile) => Promise<DocumentInput>;

const brokenOff = (cause: unknown): ProblemError =>
  new ProblemError("malformed-request", "The body broke off, or its multipart framing is wrong.", { cause });

/** What a client sends; when it breaks off, that is no fault of the storage that reads it. */
async function* sentBy(client: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* client;
  } catch (cause) {
    throw brokenOff(cause);
  }
}

/** The raw form: the body is the file, options are in the query. */
const readRaw = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  const options = DocumentOptions.parse(request.query);
  const filename = filenameOf(request.headers["content-disposition"]);
  return { options, input: await receive({ stream: sentBy(request.raw), filename }) };
};

const FILE_WITHOUT_NAME = "The part named file is a text field: give it a filename, so that it is sent as a file.";

/** A form may say a field twice, as a query may: it has both values then, and the option decides whether it can. */
const addField = (fields: Record<string, unknown>, name: string, value: unknown): void => {
  fields[name] = Object.hasOwn(fields, name) ? [fields[name], value].flat() : value;
};

/** The form: one part `file`, options before or after it. */
const readMultipart = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  const fields: Record<string, unknown> = { ...Object(request.query) };
  let input: DocumentInput | undefined;
  const parts = request.parts();
  const nextPart = async () =>
    parts.next().catch((cause: unknown) => {
      throw brokenOff(cause);
    });
  // Not `for await`: leaving it early would wait for the end of a body that nobody reads any more.
  for (let next = await nextPart(); !next.done; next = await nextPart()) {
    const part = next.value;
    if (part.type === "field") {
      if (part.fieldname === "file") throw new ProblemError("malformed-request", FILE_WITHOUT_NAME);
      addField(fields, part.fieldname, part.value);
      continue;
    }
    if (part.fieldname === undefined) throw new ProblemError("malformed-request", "A part of the form has no name.");
    if (part.fieldname !== "file") throw new ProblemError("unknown-field", `not known: ${part.fieldname}`);
    if (input) throw new ProblemError("malformed-request", "Send exactly one part named file; there were two.");
    input = await receive({ stream: sentBy(part.file), filename: part.filename || null });
  }
  if (!input) throw new ProblemError("malformed-request", "Send exactly one part named file; there was none.");
  return { input, options: DocumentOptions.parse(fields) };
};

/** What a body calls itself, without parameters. */
export const mediaTypeOf = (request: FastifyRequest): string | undefined =>
  request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();

/** Reads a submission that brings its file, handing it on while it streams. */
export const readUpload = async (request: FastifyRequest, receive: Receive): Promise<Upload> => {
  return mediaTypeOf(request) === "multipart/form-data" ? readMultipart(request, receive) : readRaw(request, receive);
};
