import { z } from "zod";

const DAY_MS = 86_400_000;
/** A year, so that one call tells a whole one. */
const MAX_DAYS = 366;

const Day = z.iso.date();

/** The days a caller asks for; the last thirty when it says nothing. */
export const UsageQuery = z
  .strictObject({ from: Day.optional(), to: Day.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "from must not be after to");
export type UsageQuery = z.infer<typeof UsageQuery>;

export const UsageDay = z
  .object({
    day: z.string(),
    pages: z.int().describe("recognised or read from a text layer"),
    cached_pages: z.int().describe("taken over from an earlier document"),
    bytes: z.int().describe("handed in"),
    cpu_seconds: z.number().describe("of the engine, which works with one thread a page"),
  })
  .meta({ id: "UsageDay" });
export type UsageDay = z.infer<typeof UsageDay>;

export const UsageList = z.object({ items: z.array(UsageDay), next_cursor: z.null() }).meta({ id: "UsageList" });

/** Every day from `from` to `to`, at most a year of them, the latest. */
export const daysBetween = (
  { from, to }: { from?: string | undefined; to?: string | undefined },
  now: number,
): string[] => {
  const last = to === undefined ? now : Date.parse(to);
  const first = from === undefined ? last - 29 * DAY_MS : Date.parse(from);
  const count = Math.min(MAX_DAYS, Math.floor(last / DAY_MS) - Math.floor(first / DAY_MS) + 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    new Date(last - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
};
