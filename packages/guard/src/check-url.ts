import { isIP } from "node:net";
import { ProblemError } from "@lectura/contracts";
import type { Networks } from "./networks.ts";
import { mayBeCalled } from "./public-address.ts";

/** Ports from here on are anybody's; below, only the web's own two are. */
const FIRST_FREE_PORT = 1024;
const WEB_PORTS = new Set(["", "80", "443"]);
/** Of the ports above: those on which no browser speaks HTTP either (WHATWG Fetch, "bad port"). */
const BAD_PORTS = new Set(
  "1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080".split(" "),
);

export const forbidden = (detail: string): ProblemError => new ProblemError("forbidden-url", detail);

const isSensiblePort = (port: string): boolean =>
  WEB_PORTS.has(port) || (Number(port) >= FIRST_FREE_PORT && !BAD_PORTS.has(port));

/** The address that the host is, or always means (RFC 6761); undefined for a name that has to be asked for. */
const addressOf = (hostname: string): string | undefined => {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
  if (host === "localhost" || host.endsWith(".localhost")) return "127.0.0.1";
  return isIP(host) === 0 ? undefined : host;
};

/**
 * Refuses what a URL itself tells is not for us to call. URL has made one spelling of all by then: octal, hexadecimal
 * and shortened IPv4 addresses come out as four decimals.
 * @throws ProblemError `forbidden-url`
 */
export const createCheckUrl =
  ({ allowed }: { allowed: Networks }) =>
  (text: string): URL => {
    const url = URL.parse(text);
    if (!url) throw forbidden("This is not an absolute URL.");
    if (url.protocol !== "https:" && url.protocol !== "http:") throw forbidden("Only http and https are called.");
    if (url.username !== "" || url.password !== "") throw forbidden("A URL with credentials in it is not called.");
    if (!isSensiblePort(url.port)) throw forbidden(`Port ${url.port} is not called.`);
    const address = addressOf(url.hostname);
    if (address !== undefined && !mayBeCalled(address, allowed)) throw forbidden(`${url.hostname} is not public.`);
    return url;
  };
export type CheckUrl = ReturnType<typeof createCheckUrl>;
