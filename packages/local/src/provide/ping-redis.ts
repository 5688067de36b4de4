import { Redis } from "ioredis";

const PATIENCE_MS = 2000;

/** Why this Redis cannot be worked with right now; undefined when it answers. One that still loads its data does not yet. */
export const redisNotReadyBecause = async (
  url: string,
  signal = AbortSignal.timeout(PATIENCE_MS),
): Promise<string | undefined> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    commandTimeout: PATIENCE_MS,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  let reason = "no answer";
  // The event names the cause (ECONNREFUSED); the rejection only says that the connection is closed.
  redis.on("error", (error) => (reason = error.message));
  const giveUp = (): void => redis.disconnect();
  signal.addEventListener("abort", giveUp);
  try {
    await redis.connect();
    await redis.ping();
    return undefined;
  } catch (error) {
    return reason === "no answer" && error instanceof Error ? error.message : reason;
  } finally {
    signal.removeEventListener("abort", giveUp);
    redis.disconnect();
  }
};
