const OUTAGE_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOSPC",
  "EDQUOT",
  "EIO",
  "EROFS",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
]);
const OUTAGE_NAMES = new Set(["MaxRetriesPerRequestError", "TimeoutError", "ServiceUnavailable", "SlowDown"]);
// ioredis tells these apart by their text alone.
const OUTAGE_MESSAGES =
  /^(Command timed out|Connection is closed|Stream isn't writeable|(LOADING|OOM|READONLY|MISCONF) )/;

const FULL_CODES = new Set(["ENOSPC", "EDQUOT"]);

/** Whether an error means that Redis or the storage has no room left. */
export const isFull = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (("code" in error && FULL_CODES.has(String(error.code))) || error.message.startsWith("OOM ")) return true;
  return isFull(error.cause);
};

/** Whether an error means that Redis, the storage or the network is away or full, not that our code is wrong. */
export const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (OUTAGE_CODES.has(code) || OUTAGE_NAMES.has(error.name) || OUTAGE_MESSAGES.test(error.message)) return true;
  return isOutage(error.cause);
};
