import { Counter, type Registry } from "@lectura/telemetry";

const CALLS = ["proxied", "exchange", "health"] as const;
const OUTCOMES = ["token", "refused", "unavailable"] as const;

/** Counts what the gateway asks of auth: by it an operator sees a faulty canary that callers do not notice. */
export const createAuthMetrics = (registry: Registry) => {
  const repeats = new Counter({
    name: "gateway_auth_repeats_total",
    help: "calls to auth that were made once more because the first attempt failed",
    labelNames: ["call"],
    registers: [registry],
  });
  const exchanges = new Counter({
    name: "gateway_key_exchanges_total",
    help: "API keys that auth was asked to exchange for a token",
    labelNames: ["outcome"],
    registers: [registry],
  });
  // There from the start, so that Prometheus sees the first one as an increase.
  for (const call of CALLS) repeats.inc({ call }, 0);
  for (const outcome of OUTCOMES) exchanges.inc({ outcome }, 0);
  return {
    repeated: (call: (typeof CALLS)[number]): void => repeats.inc({ call }),
    exchanged: (outcome: (typeof OUTCOMES)[number]): void => exchanges.inc({ outcome }),
  };
};
export type AuthMetrics = ReturnType<typeof createAuthMetrics>;
