import { describe, expect, it } from "vitest";
import { decrypt, encrypt } from "./encryption.ts";

const SECRET = "wKh6Pp2rT0y9uQv4xZ1aBc3dEf5gHi7jKl8mNo0pQrs";

describe("encryption", () => {
  it("gives back what it was given, and seals it anew each time", () => {
    const [once, again] = [encrypt("¡hola!", SECRET), encrypt("¡hola!", SECRET)];
    expect(once).not.toBe(again);
    expect(decrypt(once, SECRET)).toBe("¡hola!");
  });

  it("refuses a text that somebody has changed", () => {
    const bytes = Buffer.from(encrypt("¡hola!", SECRET), "base64url");
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => decrypt(bytes.toString("base64url"), SECRET)).toThrow();
  });
});
