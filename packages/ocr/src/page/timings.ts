export type Timed = <Result>(stage: string, work: () => Promise<Result> | Result) => Promise<Result>;

/** Times the stages of a page, in whole milliseconds; a stage that comes again is added. */
export const createTimings = (): { timings: Record<string, number>; timed: Timed } => {
  const timings: Record<string, number> = {};
  return {
    timings,
    async timed(stage, work) {
      const start = performance.now();
      const result = await work();
      timings[stage] = (timings[stage] ?? 0) + Math.round(performance.now() - start);
      return result;
    },
  };
};
