export { createCheckUrl } from "./check-url.ts";
export { createGuard, type Guard, type GuardedAnswer } from "./guard.ts";
export { parseNetworks } from "./networks.ts";
