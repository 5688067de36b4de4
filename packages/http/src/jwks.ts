import { CLOCK_SKEW, ProblemError } from "@lectura/contracts";
import type { Logger } from "@lectura/runtime";
import { createRemoteJWKSet, type CryptoKey, customFetch, errors, type JWTHeaderParameters } from "jose";
import { fetchRepeated } from "./fetch-repeated.ts";

const REFRESH_MS = 10 * 60_000;
/** Both attempts together. */
const TIMEOUT_MS = 6000;

/** An unknown key, none named among several, an algorithm no key of ours is for. */
const tokenFaults = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * Finds the public key that verifies a token with this header.
 * @throws the token's fault as it is, ProblemError 503 when there is no knowing
 */
export type KeySource = (header: JWTHeaderParameters) => Promise<CryptoKey>;

/**
 * Keys of a JWKS endpoint. An unknown `kid` asks again, at most every 30 s; the last good set is kept while the
 * endpoint is down, and asked for anew in the background every ten minutes, so that a withdrawn key goes.
 */
export const createKeySource = ({ url, log }: { url: URL; log: Logger }): KeySource => {
  const jwks = createRemoteJWKSet(url, {
    cooldownDuration: CLOCK_SKEW * 1000,
    cacheMaxAge: Infinity,
    timeoutDuration: TIMEOUT_MS,
    [customFetch]: async (href, init) =>
      fetchRepeated(href, init, () => log.warn("asking for the token keys once more")),
  });
  let refreshed = Date.now();

  const refreshInBackground = (): void => {
    if (Date.now() - refreshed < REFRESH_MS) return;
    refreshed = Date.now();
    jwks.reload().catch((err: unknown) => log.warn({ err }, "cannot refresh the token keys, keeping the last ones"));
  };

  return async (header) => {
    refreshInBackground();
    try {
      return await jwks(header);
    } catch (cause) {
      if (tokenFaults.some((fault) => cause instanceof fault)) throw cause;
      throw new ProblemError("dependency-unavailable", "The token keys cannot be fetched just now.", { cause });
    }
  };
};
