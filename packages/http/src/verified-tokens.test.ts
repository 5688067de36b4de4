import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Caller } from "./trusted-issuer.ts";
import { createVerifiedTokens } from "./verified-tokens.ts";

const caller: Caller = {
  issuer: "http://issuer.test",
  subject: "key_1",
  kind: "key",
  tenant: "ten_a",
  scopes: ["documents:read"],
};
const inSeconds = (seconds: number): number => Date.now() / 1000 + seconds;

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

test("a verified token is remembered for ten seconds, another one is not known", () => {
  const tokens = createVerifiedTokens();
  tokens.remember("Bearer a", caller, inSeconds(600));
  expect([tokens.recall("Bearer a"), tokens.recall("Bearer b")]).toEqual([caller, undefined]);
  vi.setSystemTime(Date.now() + 10_000);
  expect(tokens.recall("Bearer a")).toBeUndefined();
});

test("a token is not remembered beyond its expiry and the allowed skew of 30 s", () => {
  const tokens = createVerifiedTokens();
  tokens.remember("Bearer a", caller, inSeconds(-25));
  expect(tokens.recall("Bearer a")).toEqual(caller);
  vi.setSystemTime(Date.now() + 5000);
  expect(tokens.recall("Bearer a")).toBeUndefined();
});

test("only the last ten thousand tokens are remembered", () => {
  const tokens = createVerifiedTokens();
  for (let index = 0; index <= 10_000; index += 1) tokens.remember(`Bearer ${index}`, caller, inSeconds(600));
  expect([tokens.recall("Bearer 0"), tokens.recall("Bearer 1")]).toEqual([undefined, caller]);
});
