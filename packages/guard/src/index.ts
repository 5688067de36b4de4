export { createCheckUrl } from "./check-url.ts";
export { createGuard, type Guard, type GuardedAnswer } from "./guard.ts";
export { allowedNetworks, type Networks, parseNetworks } from "./networks.ts";
