import type { ChildSettings } from "./protocol.ts";

/** Tells when this process has worked enough. Memory that models take is not counted: `loading` wraps their loading. */
export const createWear = ({ pages: maxPages, growth: maxGrowth }: ChildSettings["renewal"]) => {
  let pages = 0;
  let baseline = process.memoryUsage.rss();
  return {
    async loading<Result>(load: () => Promise<Result>): Promise<Result> {
      const before = process.memoryUsage.rss();
      const result = await load();
      baseline += Math.max(0, process.memoryUsage.rss() - before);
      return result;
    },
    countPage: () => {
      pages += 1;
    },
    isWorn: () => pages >= maxPages || process.memoryUsage.rss() - baseline > maxGrowth,
  };
};
