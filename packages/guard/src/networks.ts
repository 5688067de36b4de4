import ipaddr from "ipaddr.js";
import { z } from "zod";

/** Networks as `address/bits`, read once. */
export type Networks = [network: ipaddr.IPv4 | ipaddr.IPv6, bits: number][];

/**
 * Reads `127.0.0.0/8,::1`, a lone address being a network of one.
 * @throws Error naming what is neither
 */
export const parseNetworks = (text: string): Networks =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => {
      if (ipaddr.isValidCIDR(each)) return ipaddr.parseCIDR(each);
      if (!ipaddr.isValid(each)) throw new Error(`${each} is neither an address nor a network such as 10.0.0.0/8`);
      const address = ipaddr.parse(each);
      return [address, address.kind() === "ipv4" ? 32 : 128];
    });

/** Whether an address lies in one of the networks; an IPv4 address in IPv6 clothes is not unclothed for it. */
export const isWithin = (address: ipaddr.IPv4 | ipaddr.IPv6, networks: Networks): boolean =>
  networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));

/** The variable that the services read them from. */
export const allowedNetworks = z
  .string()
  .default("")
  .transform((text, context) => {
    try {
      return parseNetworks(text);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
      return z.NEVER;
    }
  })
  .describe("networks that callers may have us call although they are not public, such as 10.1.0.0/16,::1");
