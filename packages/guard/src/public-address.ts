import ipaddr from "ipaddr.js";
import { isWithin, type Networks, parseNetworks } from "./networks.ts";

/** All of IPv6 that is handed out to the world; what lies beside it is for neighbours, tunnels and experiments. */
const GLOBAL_IPV6 = parseNetworks("2000::/3");
/** Not marked as special anywhere, and yet the machine's own surroundings: the agent of every virtual machine in Azure. */
const SURROUNDINGS = parseNetworks("168.63.129.16");

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean => {
  // "unicast" is what no registry of special addresses (RFC 6890 and its like) names: neither private, loopback,
  // link-local, shared by carriers, multicast, mapped, 6to4, Teredo nor NAT64.
  if (address.range() !== "unicast" || isWithin(address, SURROUNDINGS)) return false;
  return address.kind() === "ipv4" || isWithin(address, GLOBAL_IPV6);
};

/** Whether an address may be called: it is public, or one of those allowed by name. */
export const mayBeCalled = (text: string, allowed: Networks): boolean => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  return isPublic(address) || isWithin(address, allowed);
};
