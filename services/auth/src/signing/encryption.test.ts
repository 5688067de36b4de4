import { describe, expect, it } from "vitest";
import { KEY_SECRET } from "../fixtures/start-auth.ts";
import { decrypt, encrypt } from "./encryption.ts";

describe("encryption", () => {
  it("gives back what it was given, and seals it anew each time", () => {
    const [once, again] = [encrypt("¡hola!", KEY_SECRET), encrypt("¡hola!", KEY_SECRET)];
    expect(once).not.toBe(again);
    expect(decrypt(once, KEY_SECRET)).toBe("¡hola!");
  });

  it("refuses a text that somebody has changed", () => {
    const bytes = Buffer.from(encrypt("¡hola!", KEY_SECRET), "base64url");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => decrypt(bytes.toString("base64url"), KEY_SECRET)).toThrow();
  });
});
