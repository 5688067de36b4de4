import { createRunScript } from "@lectura/runtime";
import { z } from "zod";

/** How much may be taken: so many tokens at once, and so many a second in the long run. */
export interface BucketSize {
  perSecond: number;
  burst: number;
}

/** What a call has got; `perSecond` 0 is a bucket without a bottom. */
export interface Taken extends BucketSize {
  tokens: number;
  left: number;
  /** Until there is a token again. */
  waitMs: number;
}

const Answer = z
  .tuple([z.number(), z.number(), z.number(), z.coerce.number(), z.number()])
  .transform(([tokens, left, waitMs, perSecond, burst]): Taken => ({ tokens, left, waitMs, perSecond, burst }));

/** Token buckets in Redis, the same for all replicas. */
export const createTokenBuckets = ({
  redis,
  prefix = "lectura",
}: {
  redis: Parameters<typeof createRunScript>[0];
  prefix?: string;
}) => {
  const run = createRunScript<"take-tokens">(redis, new URL("../lua/", import.meta.url));
  return {
    /** Takes as many of `wanted` as there are; 0 only looks. `owner` is the tenant whose own limits count instead. */
    take: async (bucket: string, { perSecond, burst }: BucketSize, wanted: number, owner = ""): Promise<Taken> =>
      Answer.parse(
        await run(
          "take-tokens",
          [`${prefix}:bucket:${bucket}`, `${prefix}:limits:${owner}`],
          [perSecond, burst, wanted],
        ),
      ),
  };
};
export type TokenBuckets = ReturnType<typeof createTokenBuckets>;
