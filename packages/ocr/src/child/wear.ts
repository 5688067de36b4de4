const MAX_PAGES = 500;
const MAX_GROWTH = 500 * 1024 * 1024;

/**
 * Tells when this process has worked enough: WebAssembly memory never shrinks, and engines leak a little with each page.
 * Memory that loading an engine's models took is not counted; `loading` wraps that.
 */
export const createWear = () => {
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
    isWorn: () => pages >= MAX_PAGES || process.memoryUsage.rss() - baseline > MAX_GROWTH,
  };
};
