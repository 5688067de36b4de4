import { define } from "./problem-definition.ts";

/** The problems of what callers have us call: files behind URLs, and receivers of webhooks. */
export const outboundProblems = define({
  "forbidden-url": {
    status: 422,
    title: "The URL may not be called",
    help: "Only public http and https addresses are called, without credentials in the URL. The detail says what is wrong.",
  },
  "fetch-failed": {
    status: 422,
    title: "The document could not be fetched",
    help: "The server behind source.url did not deliver it. The detail says what happened.",
    retryable: true,
  },
});
