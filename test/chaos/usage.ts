import { UsageList } from "@lectura/contracts";
import type { Journal } from "./journal.ts";
import type { ChaosTenant, Stage } from "./stage.ts";
import type { Found } from "./verdict.ts";

const usedBy = async ({ client }: ChaosTenant) => {
  const { items } = UsageList.parse(JSON.parse((await client.persist("/v1/usage")).text));
  const sum = (what: "pages" | "cached_pages" | "bytes"): number => items.reduce((all, day) => all + day[what], 0);
  return { pages: sum("pages"), cached: sum("cached_pages"), bytes: sum("bytes") };
};

const within = (value: number, low: number, more: number): boolean => value >= low && value <= low + more;

/** Each page and each byte is counted once; of what is deleted nobody can say any more how far it had come. */
export const judgeUsage = async (
  { stage, journal }: { stage: Stage; journal: Journal },
  found: Found[],
): Promise<void> => {
  for (const tenant of stage.tenants) {
    const own = found.filter(({ life }) => life.tenant === tenant);
    const settled = (cached: boolean): number =>
      own
        .filter(({ document }) => document.cached === cached)
        .reduce((sum, { events }) => sum + events.filter(({ type }) => type.startsWith("page.")).length, 0);
    const gone = journal.lives.filter((life) => life.tenant === tenant && life.end === "deleted");
    const gonePages = gone.reduce((sum, { kind }) => sum + kind.pages, 0);
    const goneFetched = gone
      .filter(({ source }) => source !== null)
      .reduce((sum, { kind }) => sum + kind.bytes.length, 0);
    const goneBrought = gone
      .filter(({ source }) => source === null)
      .reduce((sum, { kind }) => sum + kind.bytes.length, 0);
    const bytes = own.reduce((sum, { document }) => sum + (document.input?.bytes ?? 0), goneBrought);

    const used = await usedBy(tenant);
    const told = `${tenant.name}'s usage is ${JSON.stringify(used)}`;
    if (!within(used.pages, settled(false), gonePages)) journal.complain(`${told}, pages are ${settled(false)}`);
    if (!within(used.cached, settled(true), gonePages)) journal.complain(`${told}, cached ones ${settled(true)}`);
    if (!within(used.bytes, bytes, goneFetched)) journal.complain(`${told}, bytes are ${bytes}`);
  }
};
