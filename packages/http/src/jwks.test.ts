import { createLogger } from "@lectura/runtime";
import { exportSPKI } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createKey, serveKeys } from "./fixtures/issuer.ts";
import { createKeySource, type KeySource } from "./jwks.ts";

const log = createLogger({ service: "tiny", level: "fatal" });
const [first, second] = [await createKey(), await createKey()];

let endpoint: Awaited<ReturnType<typeof serveKeys>>;
let keys: KeySource;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  endpoint = await serveKeys(first);
  keys = createKeySource({ url: endpoint.url, log });
});
afterEach(async () => {
  vi.useRealTimers();
  await endpoint.close();
});

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);
const find = async (key: { kid: string }) => exportSPKI(await keys({ alg: "ES256", kid: key.kid }));
const refused = { code: expect.stringMatching(/^ERR_(JWKS_(NO|MULTIPLE)_MATCHING_KEYS?|JOSE_NOT_SUPPORTED)$/) };
const unavailable = { code: "dependency-unavailable" };

describe("the keys that verify tokens", () => {
  test("are fetched once, by who asks first, for all who ask", async () => {
    const pem = await exportSPKI(first.publicKey);
    expect(await Promise.all([find(first), find(first), find(first)])).toEqual([pem, pem, pem]);
    await find(first);
    expect(endpoint.state.calls).toBe(1);
  });

  test("are asked for again when a token names one that is not known, at most every 30 s", async () => {
    await find(first);
    endpoint.state.keys = [first, second];
    pass(29);
    await expect(find(second)).rejects.toMatchObject(refused);
    expect(endpoint.state.calls).toBe(1);
    pass(2);
    expect(await find(second)).toBe(await exportSPKI(second.publicKey));
    expect(endpoint.state.calls).toBe(2);
  });

  test("stay the last good ones while the endpoint is down, for as long as it takes", async () => {
    await find(first);
    endpoint.state.status = 503;
    pass(3600);
    expect(await find(first)).toBe(await exportSPKI(first.publicKey));
    await vi.waitFor(() => expect(endpoint.state.calls).toBe(3));
    expect(await find(first)).toBe(await exportSPKI(first.publicKey));
  });

  test("are asked for once more when the endpoint fails: it may have been a faulty canary", async () => {
    endpoint.state.faults = 1;
    expect(await find(first)).toBe(await exportSPKI(first.publicKey));
    expect(endpoint.state.calls).toBe(2);
  });

  test("are asked for anew every ten minutes, so that a withdrawn one goes", async () => {
    await find(first);
    endpoint.state.keys = [second];
    pass(599);
    await find(first);
    expect(endpoint.state.calls).toBe(1);
    pass(2);
    await find(first);
    await vi.waitFor(() => expect(find(first)).rejects.toMatchObject(refused));
    expect(endpoint.state.calls).toBe(2);
  });

  test.each([
    ["HMAC", { alg: "HS256", kid: first.kid }],
    ["no signature", { alg: "none" }],
    ["RSA", { alg: "RS256", kid: first.kid }],
  ])("are not given out for %s", async (_, header) => {
    await expect(keys(header)).rejects.toMatchObject(refused);
  });

  test("must be named when there are several", async () => {
    expect(await exportSPKI(await keys({ alg: "ES256" }))).toBe(await exportSPKI(first.publicKey));
    endpoint.state.keys = [first, second];
    keys = createKeySource({ url: endpoint.url, log });
    await expect(keys({ alg: "ES256" })).rejects.toMatchObject(refused);
  });
});

describe("as long as no keys were ever fetched", () => {
  test.each([
    ["because the endpoint fails", 503],
    ["because the endpoint is another one", 404],
    ["because nobody answers in time", 0],
  ])("%s, it is our trouble and not the token's; and it is tried again", async (_, status) => {
    endpoint.state.status = status;
    await expect(find(first)).rejects.toMatchObject(unavailable);
    endpoint.state.status = 200;
    expect(await find(first)).toBe(await exportSPKI(first.publicKey));
  });

  test("a token of an unknown key is not called wrong either", async () => {
    endpoint.state.status = 503;
    await expect(find(second)).rejects.toMatchObject(unavailable);
  });
});
