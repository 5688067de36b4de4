import { z } from "zod";
import { lifeProblems } from "./life-problems.ts";
import { outboundProblems } from "./outbound-problems.ts";
import { define } from "./problem-definition.ts";

/** RFC 9457 problem details, the body of every error answer (`application/problem+json`). */
export const Problem = z
  .object({
    type: z.string().describe("`/problems/<code>`: a page that explains the problem"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().describe("path of the call"),
    code: z.string().describe("stable name of the problem, the one to program against"),
    trace_id: z.string().describe("the id to quote when asking for help"),
    retryable: z.boolean().describe("whether the same call may succeed later"),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

const otherProblems = define({
  "malformed-request": {
    status: 400,
    title: "The request cannot be read",
    help: "The body, a header, the cursor or the multipart framing does not follow its own format. The detail says where.",
  },
  "unknown-field": {
    status: 400,
    title: "A field is not known",
    help: "A query parameter or form field has a name this version does not have. Check the spelling in /docs.",
  },
  "missing-credentials": {
    status: 401,
    title: "Credentials are missing",
    help: "Send an API key in X-API-Key, or a token in Authorization: Bearer.",
  },
  "invalid-credentials": {
    status: 401,
    title: "Credentials are not valid",
    help: "The API key or token is unknown, expired, deleted or made for another platform.",
  },
  "token-expired": { status: 401, title: "The token has expired", help: "Ask POST /oauth/token for a new one." },
  "insufficient-scope": {
    status: 403,
    title: "The credentials do not allow this",
    help: "The key or token lacks the scope that this call needs. The detail names it.",
  },
  "not-found": {
    status: 404,
    title: "Nothing is here",
    help: "The path, document or page does not exist, or belongs to somebody else.",
  },
  "method-not-allowed": {
    status: 405,
    title: "This method is not available here",
    help: "The Allow header lists the methods of this path.",
  },
  "not-acceptable": {
    status: 406,
    title: "This format is not available",
    help: "Ask for one of the formats that the detail names.",
  },
  "request-timeout": {
    status: 408,
    title: "The request took too long to arrive",
    help: "The connection was too slow or stood still. Send it again.",
    retryable: true,
  },
  "document-not-finished": {
    status: 409,
    title: "The document is not finished",
    help: "Come back after Retry-After seconds, or wait with Prefer: wait=N when submitting.",
    retryable: true,
  },
  "no-result": {
    status: 409,
    title: "The document has no result",
    help: "It failed; the detail repeats the document's error.",
  },
  conflict: {
    status: 409,
    title: "The call does not fit the present state",
    help: "Read the resource again and decide anew.",
  },
  "last-owner": {
    status: 409,
    title: "The last owner has to stay",
    help: "A tenant always has an owner. Make somebody else one first.",
  },
  "document-expired": {
    status: 410,
    title: "The document has expired",
    help: "Its time to live is over and its content is gone. Submit it again.",
  },
  "document-deleted": {
    status: 410,
    title: "The document was deleted",
    help: "Its content is gone for good. Submit it again.",
  },
  "file-too-large": {
    status: 413,
    title: "The file is too large",
    help: "GET /v1/limits names the largest size. Split the document or make the scan smaller.",
  },
  "range-not-satisfiable": {
    status: 416,
    title: "The range lies beyond the end",
    help: "Content-Range names the length of the whole.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "This kind of file cannot be read",
    help: "The type is told from the file's first bytes. The detail says what was seen and what is supported.",
  },
  "undecodable-file": {
    status: 422,
    title: "The file is damaged or cut short",
    help: "It begins like a supported file but cannot be decoded. Open it in a viewer, save it again and resend.",
  },
  "password-protected": {
    status: 422,
    title: "The file is protected by a password",
    help: "Remove the password and send the file again.",
  },
  "too-many-pages": {
    status: 422,
    title: "The document has too many pages",
    help: "Select fewer with the option pages, or split the document. GET /v1/limits names the largest number.",
  },
  "too-many-pixels": {
    status: 422,
    title: "The page has too many pixels",
    help: "Scan it at a lower resolution. GET /v1/limits names the largest number.",
  },
  "empty-file": { status: 422, title: "The file is empty", help: "No byte arrived. Check the upload." },
  "invalid-option": {
    status: 422,
    title: "An option has a wrong value",
    help: "errors[] names each option and what is wrong with it.",
  },
  "unknown-language": {
    status: 422,
    title: "A language is not installed",
    help: "GET /v1/languages lists the installed ones.",
  },
  "headers-too-large": { status: 431, title: "The headers are too large", help: "Send fewer or shorter headers." },
  "rate-limited": {
    status: 429,
    title: "Too many requests",
    help: "The tenant, the address or the account tried is over its share. Come back after Retry-After seconds.",
    retryable: true,
  },
  "page-timeout": {
    status: 422,
    title: "The page took too long",
    help: "Recognising this page hit its time limit. Noise, huge scans and photographs of patterns do that.",
  },
  "out-of-memory": {
    status: 422,
    title: "The page needs too much memory",
    help: "Small files can unfold to gigabytes. Save the document again with a program that writes plain pages, or scan it anew.",
  },
  "page-crashed": {
    status: 422,
    title: "The page cannot be processed",
    help: "Reading this page ended the engine several times. The other pages are not affected.",
  },
  "engine-unavailable": {
    status: 503,
    title: "The OCR engine is not available",
    help: "The worker could not start its engine. Its log says why.",
    retryable: true,
  },
  internal: {
    status: 500,
    title: "Something went wrong on our side",
    help: "The fault is in the platform, not in the call. Quote trace_id to its operator.",
    retryable: true,
  },
  overloaded: {
    status: 503,
    title: "The platform is busy",
    help: "Come back after Retry-After seconds.",
    retryable: true,
  },
  "dependency-unavailable": {
    status: 503,
    title: "A part of the platform does not answer",
    help: "It is being restarted or cannot be reached. Come back after Retry-After seconds.",
    retryable: true,
  },
});

/** Every problem a client can meet. The status of those marked "in documents" is what they would be in a call. */
export const problems = { ...otherProblems, ...lifeProblems, ...outboundProblems };

const codes = Object.keys(problems).filter((key): key is keyof typeof problems => key in problems);
export const ProblemCode = z.enum(codes);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** Whether repeating the call that met this problem can succeed. */
export const isRetryable = (code: ProblemCode): boolean => problems[code].retryable ?? false;
