import { ProblemError } from "@lectura/contracts";
import { describe, expect, it } from "vitest";
import { createGuard } from "./guard.ts";
import { parseNetworks } from "./networks.ts";
import type { Resolve } from "./pinned-lookup.ts";

const NOBODY = parseNetworks("");
const nameless: Resolve = async (hostname) => {
  throw new Error(`${hostname} should not have been asked for`);
};
const answering =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const codeOf = (error: unknown): string => (error instanceof ProblemError ? error.code : String(error));
const outcome = async (url: string, resolve: Resolve): Promise<string> => {
  const guard = createGuard({ allowed: NOBODY, resolve });
  try {
    const signal = AbortSignal.timeout(20_000);
    const { status } = await guard.request(url, { method: "GET", redirects: 5, signal });
    return `answered ${status}`;
  } catch (error) {
    return codeOf(error);
  } finally {
    await guard.close();
  }
};

describe("what the URL itself tells is refused without asking anybody", () => {
  it.each([
    // Loopback in every spelling
    "http://127.0.0.1/",
    "http://127.0.0.1.:8080/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.255.255.254/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0177.0x0.0.1/",
    "http://%31%32%37.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://localhost/",
    "http://LOCALHOST:8080/",
    "http://localhost./",
    "http://anything.localhost/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[0000::0001]:8080/",
    // This host, this network
    "http://0/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://[::]/",
    // Private networks
    "http://10.0.0.1/",
    "http://10.1/",
    "http://167772161/",
    "http://0xA000001/",
    "http://012.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://3232235777/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[fec0::1]/",
    // Shared by carriers, link-local, the metadata of clouds
    "http://100.64.0.1/",
    "http://100.127.255.254/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.170.2/v2/credentials",
    "http://192.0.0.192/",
    "http://168.63.129.16/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    // IPv4 in IPv6 clothes
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    // Tunnels: NAT64, 6to4, Teredo
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2001:0:7f00:1::1]/",
    "http://[2001::1]/",
    // Many at once, nobody, and what is kept for later
    "http://224.0.0.1/",
    "http://239.255.255.250:1900/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://192.0.2.1/",
    "http://198.51.100.1/",
    "http://203.0.113.7/",
    "http://198.18.0.1/",
    "http://[ff02::1]/",
    "http://[ff0e::1]/",
    "http://[2001:db8::1]/",
    "http://[100::1]/",
    "http://[5f00::1]/",
    "http://[4000::1]/",
    // Credentials
    "http://user@example.com/",
    "https://user:secret@example.com/",
    "https://:secret@example.com/",
    "http://example.com@127.0.0.1/",
    String.raw`http://127.0.0.1\@example.com/`,
    "http://example.com:80%23@127.0.0.1:22/",
    // Other schemes
    "file:///etc/passwd",
    "ftp://example.com/a.pdf",
    "gopher://example.com/",
    "data:application/pdf,JVBERi0",
    "javascript:alert(1)",
    "blob:https://example.com/1",
    "ws://example.com/",
    "unix:/var/run/docker.sock",
    // Ports that are not the web's
    "http://example.com:22/",
    "http://example.com:25/",
    "https://example.com:6000/",
    "http://example.com:0/",
    // No URL at all
    "",
    "//example.com/a.pdf",
    "example.com/a.pdf",
    "http://",
    "http://exa mple.com/",
    "http://[::1%25eth0]/",
    "http://[::1",
    "http://1.2.3.4.5/",
    "http://0x100000000/",
    "http://example.com:99999/",
  ])("%s", async (url) => {
    expect(await outcome(url, nameless)).toBe("forbidden-url");
  });
});

describe("a name is refused when any of its addresses is not public", () => {
  it.each([
    ["loopback", ["127.0.0.1"]],
    ["loopback, IPv6", ["::1"]],
    ["a private network", ["10.96.0.1"]],
    ["metadata", ["169.254.169.254"]],
    ["unique local", ["fd00::1"]],
    ["link-local with its zone", ["fe80::1%eth0"]],
    ["mapped", ["::ffff:127.0.0.1"]],
    ["mapped, in hexadecimal", ["::ffff:7f00:1"]],
    ["NAT64", ["64:ff9b::7f00:1"]],
    ["6to4", ["2002:7f00:1::"]],
    ["Teredo", ["2001:0:1::1"]],
    ["a public one and then a private one", ["93.184.215.14", "192.168.0.1"]],
    ["a private one and then a public one", ["10.0.0.1", "2606:4700::1111"]],
    ["no address at all but text", ["not-an-address"]],
  ])("%s", async (_what, addresses) => {
    expect(await outcome("http://tricky.example/", answering(...addresses))).toBe("forbidden-url");
    expect(await outcome("https://tricky.example:8443/", answering(...addresses))).toBe("forbidden-url");
  });
});

describe("what is public passes", () => {
  it.each([
    "https://example.com/a.pdf?b=c#d",
    "http://example.com:8080/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
    "https://xn--bcher-kva.example/",
    "https://127.0.0.1.nip.example/",
  ])("%s", (url) => {
    expect(createGuard({ allowed: NOBODY }).checkUrl(url).href).toBe(url);
  });
});

describe("allowed networks", () => {
  it("are addresses and networks, separated by commas", () => {
    const { checkUrl } = createGuard({ allowed: parseNetworks("10.1.0.0/16, ::1 ,192.168.7.7") });
    for (const host of ["10.1.2.3", "[::1]", "192.168.7.7"]) expect(checkUrl(`http://${host}/`)).toBeDefined();
    for (const host of ["10.2.0.1", "[::2]", "192.168.7.8"]) expect(() => checkUrl(`http://${host}/`)).toThrow();
  });

  it("are refused when they are none", () => {
    expect(() => parseNetworks("10.0.0.0/8,intranet")).toThrow(/intranet is neither/);
  });
});
