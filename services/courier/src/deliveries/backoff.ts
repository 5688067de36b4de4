const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed try the next one comes: soon for a restart, then for a day for a night without anybody. */
const WAITS = [
  2 * SECOND,
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
];
const MOST_RETRY_AFTER = 24 * HOUR;

/** `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as milliseconds from `now`; undefined for neither. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * SECOND : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(MOST_RETRY_AFTER, Math.max(0, ms));
};

/**
 * Milliseconds until the next try after `failed` ones, undefined when that was the last. Up to a quarter is added by
 * chance, so that what failed together does not come back together; never earlier than the receiver wants it.
 */
export const waitBefore = (failed: number, retryAfter = 0): number | undefined => {
  const wait = WAITS[failed - 1];
  return wait === undefined ? undefined : Math.max(retryAfter, wait * (1 + Math.random() / 4));
};
