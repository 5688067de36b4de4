import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createVault, newSecret } from "./secrets.ts";

const KEY = randomBytes(32).toString("base64url");
const NOW = 1_700_000_000_000;
const DAY = 24 * 3600_000;

describe("the secrets of a webhook", () => {
  it("are 32 random bytes, as Standard Webhooks write them", () => {
    expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret()).not.toBe(newSecret());
  });

  it("sign along for a day after they were replaced, the new one first", () => {
    const vault = createVault(KEY);
    const rotated = vault.rotated(vault.first("old"), "new", NOW);
    expect(vault.valid(rotated, NOW + DAY - 1)).toEqual(["new", "old"]);
    expect(vault.valid(rotated, NOW + DAY)).toEqual(["new"]);
    const again = vault.rotated(rotated, "newest", NOW + DAY / 2);
    expect(vault.valid(again, NOW + DAY)).toEqual(["newest", "new"]);
  });

  it("are at most five, whatever is rotated in a day", () => {
    const vault = createVault(KEY);
    const sealed = ["b", "c", "d", "e", "f"].reduce((kept, each) => vault.rotated(kept, each, NOW), vault.first("a"));
    expect(vault.valid(sealed, NOW)).toEqual(["f", "e", "d", "c", "b"]);
  });

  it("cannot be read with another key, and the message names the variable", () => {
    const sealed = createVault(KEY).first("secret");
    const other = createVault(randomBytes(32).toString("base64url"));
    expect(() => other.valid(sealed, NOW)).toThrow(/LECTURA_WEBHOOK_SECRET/);
  });
});
