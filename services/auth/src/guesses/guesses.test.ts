import { parseApiKey } from "@lectura/contracts";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startAuth, statusesOf, type TestAuth } from "../fixtures/start-auth.ts";

const PASSWORD = "tres tristes tigres";
const ALLOWED = 5;
const auths: TestAuth[] = [];
let auth: TestAuth;
beforeEach(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
  auths.push(auth);
  await auth.addUser("ana@example.org", "member", PASSWORD);
  await auth.addUser("eva@example.org", "member", PASSWORD);
});
afterAll(() => Promise.all(auths.map((each) => each.close())));

const login = async (email: string, password: string, address = "192.0.2.1") =>
  auth.app.inject({
    method: "POST",
    url: "/v1/auth/login",
    headers: { "x-forwarded-for": address },
    payload: { email, password },
  });

const ask = async (key: string, address: string) => {
  const { id = "", secret = "" } = parseApiKey(key) ?? {};
  const form = { grant_type: "client_credentials", client_id: id, client_secret: secret };
  return auth.askToken(form, { "x-forwarded-for": address });
};

describe("who guesses passwords", () => {
  it("is told to come back later after five, also with the right one", async () => {
    for (let guess = 0; guess < ALLOWED; guess += 1)
      expect((await login("ana@example.org", "wrong")).statusCode).toBe(401);
    const refused = await login("ana@example.org", PASSWORD);
    expect(refused.json()).toMatchObject({ status: 429, code: "rate-limited" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(10);
  });

  it("gets no more of them by asking at once", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => login("ana@example.org", "wrong")));
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(ALLOWED);
  });

  it("locks nobody else out: neither the user elsewhere, nor another one here", async () => {
    for (let guess = 0; guess <= ALLOWED; guess += 1) await login("ana@example.org", "wrong");
    expect((await login("ana@example.org", PASSWORD, "192.0.2.2")).statusCode).toBe(200);
    expect((await login("eva@example.org", PASSWORD)).statusCode).toBe(200);
  });

  it("is not who logs in often", async () => {
    for (let count = 0; count < ALLOWED + 2; count += 1)
      expect((await login("ana@example.org", PASSWORD)).statusCode).toBe(200);
  });
});

describe("who guesses the secret of a key", () => {
  it("is slowed down, while the key works for its holder", async () => {
    const wrong = auth.apiKey.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const answers = await Promise.all(Array.from({ length: 260 }, () => ask(wrong, "192.0.2.1")));
    expect(new Set(statusesOf(answers)).has(401)).toBe(true);
    // Meanwhile one more may have been allowed.
    await expect.poll(async () => (await ask(wrong, "192.0.2.1")).statusCode, { timeout: 10_000 }).toBe(429);
    expect((await ask(auth.apiKey, "192.0.2.2")).statusCode).toBe(200);
    const { key } = await auth.tenants.add("other");
    expect((await ask(key, "192.0.2.1")).statusCode).toBe(200);
  });
});
