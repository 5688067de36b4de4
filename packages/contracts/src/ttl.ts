import { z } from "zod";

const DAY = 86_400;
const MAX_TTL = 30 * DAY;
const DURATION = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const parseDuration = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  const match = text === "P" ? null : DURATION.exec(text);
  if (!match) return Number.NaN;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * DAY + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
};

const EXPECTED = "must be whole seconds or an ISO 8601 duration such as PT12H, from 1 s to P30D";

/** Time to live in seconds, from whole seconds or an ISO 8601 duration of days and time; 1 s to 30 days. */
export const Ttl = z.union([z.string().max(40), z.number()], EXPECTED).transform((value, context) => {
  const seconds = typeof value === "number" ? value : parseDuration(value);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_TTL) return seconds;
  context.addIssue({ code: "custom", message: EXPECTED });
  return z.NEVER;
});

export const DEFAULT_TTL = DAY;
