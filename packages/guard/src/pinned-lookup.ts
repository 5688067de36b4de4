import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { forbidden } from "./check-url.ts";
import type { Networks } from "./networks.ts";
import { mayBeCalled } from "./public-address.ts";

/** Asks for all addresses of a name. */
export type Resolve = (hostname: string) => Promise<LookupAddress[]>;

const resolveChecked = async (hostname: string, resolve: Resolve, allowed: Networks): Promise<LookupAddress[]> => {
  const addresses = await resolve(hostname);
  // One forbidden address among good ones is a trick or a mistake; either way the name is not to be trusted.
  if (!addresses.every(({ address }) => mayBeCalled(address, allowed))) throw forbidden(`${hostname} is not public.`);
  return addresses;
};

/**
 * The look-up of a connection: the name is asked for once, and the socket gets the very addresses that were checked, so
 * that a second answer of the name's owner is never heard. The name stays what TLS and the Host header say.
 */
export const createPinnedLookup =
  ({ resolve, allowed }: { resolve: Resolve; allowed: Networks }): LookupFunction =>
  (hostname, options, callback) => {
    callbackify(resolveChecked)(hostname, resolve, allowed, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || options.all) callback(error, addresses);
      else callback(null, first?.address ?? "", first?.family);
    });
  };
