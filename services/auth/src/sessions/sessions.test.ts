import { SessionAnswer } from "@lectura/contracts";
import * as fc from "fast-check";
import { decodeJwt } from "jose";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { everythingIn, KEY_SECRET, startAuth, statusesOf, type TestAuth } from "../fixtures/start-auth.ts";
import { createRefreshTokens } from "./refresh-token.ts";

const EMAIL = "ana@example.org";
const PASSWORD = "tres tristes tigres";
/** A mac is base64url, which has "_" in it too: cut by length, not by the sign between the parts. */
const MAC_LENGTH = 43;
const auths: TestAuth[] = [];
let auth: TestAuth;
let userId: string;
beforeEach(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
  auths.push(auth);
  userId = (await auth.addUser(EMAIL, "member", PASSWORD)).id;
});
afterAll(() => Promise.all(auths.map((each) => each.close())));

const login = async () =>
  SessionAnswer.parse((await auth.post("/v1/auth/login", { email: EMAIL, password: PASSWORD })).json());
const refresh = async (refresh_token: string) => auth.post("/v1/auth/refresh", { refresh_token });
const refreshed = async (token: string) => SessionAnswer.parse((await refresh(token)).json());
const logout = async (token: string) =>
  auth.app.inject({ method: "POST", url: "/v1/auth/logout", headers: { authorization: `Bearer ${token}` } });
const refused = { status: 401, code: "invalid-credentials" };

describe("a login", () => {
  it("gives a token of the user and one for the next", async () => {
    const answer = await auth.post("/v1/auth/login", { email: " ANA@example.org", password: PASSWORD });
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
    const { access_token, expires_in } = SessionAnswer.parse(answer.json());
    const claims = decodeJwt(access_token);
    expect(claims).toMatchObject({ sub: userId, tenant: auth.tenant, sid: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(expires_in);
    expect(expires_in).toBeLessThanOrEqual(900);
  });

  it.each([
    ["a wrong password", { email: EMAIL, password: "wrong" }, 401],
    ["a password in other letters", { email: EMAIL, password: PASSWORD.toUpperCase() }, 401],
    ["an unknown email", { email: "eva@example.org", password: PASSWORD }, 401],
    ["the name of a property", { email: "constructor", password: PASSWORD }, 401],
    ["no password", { email: EMAIL }, 422],
    ["a field too many", { email: EMAIL, password: PASSWORD, tenant: "ten_1" }, 400],
  ])("by %s is refused", async (_, body, status) => {
    expect((await auth.post("/v1/auth/login", body)).statusCode).toBe(status);
  });
});

describe("refresh tokens", () => {
  it("are exchanged for the next one, again and again", async () => {
    let session = await login();
    const seen = new Set([session.refresh_token]);
    for (let round = 0; round < 4; round += 1) {
      session = await refreshed(session.refresh_token);
      seen.add(session.refresh_token);
      expect(decodeJwt(session.access_token).sub).toBe(userId);
    }
    expect(seen.size).toBe(5);
  });

  it("end as a family when an old one is used again, and leave other logins alone", async () => {
    const [first, other] = [await login(), await login()];
    const second = await refreshed(first.refresh_token);
    expect((await refresh(first.refresh_token)).json()).toMatchObject(refused);
    expect((await refresh(second.refresh_token)).json()).toMatchObject(refused);
    expect((await refresh(other.refresh_token)).statusCode).toBe(200);
  });

  it("are taken once when the same one comes twice at the same moment, and the family ends", async () => {
    const { refresh_token } = await login();
    const answers = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
    expect(statusesOf(answers)).toEqual([200, 401]);
    const winner = SessionAnswer.parse(answers.find(({ statusCode }) => statusCode === 200)?.json());
    expect((await refresh(winner.refresh_token)).statusCode).toBe(401);
  });

  it("that somebody made up end no family", async () => {
    const { refresh_token } = await login();
    const forged = refresh_token.replace(/.$/, (last) => (last === "A" ? "E" : "A"));
    const future = refresh_token.replace(/_1_/, "_2_");
    for (const token of [forged, future, "", "lr_x", `${refresh_token}x`])
      expect((await refresh(token)).json()).toMatchObject(refused);
    expect((await refresh(refresh_token)).statusCode).toBe(200);
  });

  it("are kept nowhere", async () => {
    const { refresh_token } = await login();
    expect(await everythingIn(auth.redis, auth.prefix)).not.toContain(refresh_token.slice(-MAC_LENGTH));
  });

  it("end with the user", async () => {
    const { refresh_token } = await login();
    await auth.call(auth.apiKey, "DELETE", `/v1/users/${userId}`);
    expect((await refresh(refresh_token)).json()).toMatchObject(refused);
  });

  it("end with the password", async () => {
    const { refresh_token } = await login();
    const { token } = (await auth.call(auth.apiKey, "POST", `/v1/users/${userId}/password-reset`)).json();
    await auth.post("/v1/auth/reset-password", { token, password: "another password" });
    expect((await refresh(refresh_token)).json()).toMatchObject(refused);
  });

  it("end a month after the login", async () => {
    await login();
    const [key = ""] = await auth.redis.keys(`${auth.prefix}:session:*`);
    const left = await auth.redis.pttl(key);
    expect(left).toBeGreaterThan(29 * 86_400_000);
    expect(left).toBeLessThanOrEqual(30 * 86_400_000);
  });
});

describe("a logout", () => {
  it("ends the refresh tokens of this login, and of no other", async () => {
    const [one, other] = [await login(), await login()];
    expect((await logout(one.access_token)).statusCode).toBe(204);
    expect((await refresh(one.refresh_token)).json()).toMatchObject(refused);
    expect((await refresh(other.refresh_token)).statusCode).toBe(200);
  });

  it("needs a token, and is nothing to a program's", async () => {
    expect((await auth.app.inject({ method: "POST", url: "/v1/auth/logout" })).statusCode).toBe(401);
    expect((await auth.call(auth.apiKey, "POST", "/v1/auth/logout")).statusCode).toBe(204);
  });
});

describe("the text of a refresh token", () => {
  it("is read back as what it was made of, and under no other secret", () => {
    const [tokens, others] = [createRefreshTokens(KEY_SECRET), createRefreshTokens(KEY_SECRET.replace("w", "x"))];
    const session = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(session, fc.integer({ min: 0, max: 999_999_999 }), (session, number) => {
        const text = tokens.format({ session, number });
        expect(tokens.parse(text)).toEqual({ session, number });
        expect(others.parse(text)).toBeUndefined();
      }),
    );
  });
});
