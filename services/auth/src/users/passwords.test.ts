import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

describe("passwords", () => {
  it("match their own hash only, and nothing where there is none", async () => {
    const passwords = createPasswords();
    const [hash, again] = [await passwords.hash("tres tristes tigres"), await passwords.hash("tres tristes tigres")];
    expect(hash).not.toBe(again);
    expect(await passwords.matches("tres tristes tigres", hash)).toBe(true);
    expect(await passwords.matches("tres tristes tigre", hash)).toBe(false);
    expect(await passwords.matches("nobody's password", undefined)).toBe(false);
  });

  it("are hashed in turn, and too many at once are told to come back", async () => {
    const passwords = createPasswords();
    const outcomes = await Promise.allSettled(Array.from({ length: 70 }, (_, index) => passwords.hash(`${index}`)));
    const overloaded = outcomes.filter(({ status }) => status === "rejected");
    expect(overloaded).toHaveLength(8);
    for (const each of overloaded) expect(each).toMatchObject({ reason: { code: "overloaded" } });
    expect(await passwords.hash("later")).toMatch(/^\$argon2id\$/);
  });
});
