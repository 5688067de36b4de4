/**
 * What every connection to Redis is told (by ioredis). It is made anew for ever when it breaks; but one whose other end
 * has vanished without a word – a node that died, packets that a policy drops – looks well to the kernel for a quarter
 * of an hour. So one that leaves a command unanswered for this long is given up. BullMQ's workers block for up to 10 s.
 */
export const redisOptions = { socketTimeout: 15_000 };
