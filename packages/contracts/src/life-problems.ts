import { define } from "./problem-definition.ts";

/** The problems of a document's life: repeated calls, cancelling, and shares that are used up. */
export const lifeProblems = define({
  "request-in-progress": {
    status: 409,
    title: "The first request with this key is still being received",
    help: "Come back after Retry-After seconds: you will be shown its document, or be free to send it again.",
    retryable: true,
  },
  "already-finished": {
    status: 409,
    title: "The document is finished already",
    help: "There is nothing left to cancel. Read its result, or delete it.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "The Idempotency-Key belongs to another request",
    help: "The key was used with another file or other options within the last 24 hours. Take a new key for a new request.",
  },
  "too-many-in-flight": {
    status: 429,
    title: "Too many documents are unfinished",
    help: "Come back after Retry-After seconds, when some of yours are done. GET /v1/limits names the largest number.",
    retryable: true,
  },
  "quota-exceeded": {
    status: 429,
    title: "Your share is used up",
    help: "The detail says of what. Come back after Retry-After seconds. GET /v1/limits names the shares.",
    retryable: true,
  },
});
