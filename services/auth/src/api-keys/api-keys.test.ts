import { ApiKeyList, CreatedApiKey, parseApiKey, Scope } from "@lectura/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { everythingIn, startAuth, type TestAuth } from "../fixtures/start-auth.ts";

let auth: TestAuth;
beforeEach(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
});
afterEach(() => auth.close());

const make = async (as: string, name: string, scopes: Scope[]) =>
  CreatedApiKey.parse((await auth.createKey(as, { name, scopes })).json());
const list = async (as: string, query = "") => {
  const answer = await auth.app.inject({ url: `/v1/api-keys${query}`, headers: await auth.bearer(as) });
  return {
    answer,
    body: ApiKeyList.parse(answer.json()),
    names: ApiKeyList.parse(answer.json()).items.map((key) => key.name),
  };
};
const remove = async (as: string, id: string) =>
  auth.app.inject({ method: "DELETE", url: `/v1/api-keys/${id}`, headers: await auth.bearer(as) });

describe("GET /v1/auth/me", () => {
  it("says who the token speaks for", async () => {
    const answer = await auth.app.inject({ url: "/v1/auth/me", headers: await auth.bearer(auth.apiKey) });
    expect(answer.json()).toEqual({
      sub: `key_${parseApiKey(auth.apiKey)?.id}`,
      tenant: auth.tenant,
      scopes: Scope.options,
      kind: "key",
    });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it("refuses calls without a token and with a changed one", async () => {
    const missing = await auth.app.inject("/v1/auth/me");
    expect([missing.statusCode, missing.json().code]).toEqual([401, "missing-credentials"]);
    expect(missing.headers["www-authenticate"]).toMatch(/^Bearer/);
    const { authorization } = await auth.bearer(auth.apiKey);
    const [head, claims = "", signature] = authorization.split(".");
    const changed = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), tenant: "ten_other" };
    const forged = [head, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
    const refused = await auth.app.inject({ url: "/v1/auth/me", headers: { authorization: forged } });
    expect([refused.statusCode, refused.json().code]).toEqual([401, "invalid-credentials"]);
  });
});

describe("creating a key", () => {
  it("answers 201 with the key, once", async () => {
    const answer = await auth.createKey(auth.apiKey, { name: "scanner", scopes: ["documents:write"] });
    expect(answer.statusCode).toBe(201);
    const { key, ...shown } = CreatedApiKey.parse(answer.json());
    expect(answer.headers.location).toBe(`/v1/api-keys/${shown.id}`);
    expect(shown).toMatchObject({ name: "scanner", scopes: ["documents:write"], expires_at: null, last_used_at: null });
    expect((await auth.exchange(key)).json()).toMatchObject({ scope: "documents:write" });
    expect((await list(auth.apiKey)).body.items).toContainEqual({ ...shown, last_used_at: expect.any(String) });
    expect(await everythingIn(auth.redis, auth.prefix)).not.toContain(parseApiKey(key)?.secret);
  });

  it("gives away only scopes that the creator has, unless it is an admin", async () => {
    const member = await make(auth.apiKey, "member", ["documents:read", "documents:write"]);
    expect((await make(member.key, "subset", ["documents:read"])).scopes).toEqual(["documents:read"]);
    const refused = await auth.createKey(member.key, { name: "more", scopes: ["documents:read", "documents:delete"] });
    expect([refused.statusCode, refused.json().code]).toEqual([403, "insufficient-scope"]);
    expect(refused.json().detail).toContain("documents:delete");
    const admin = await make(auth.apiKey, "admin", ["admin"]);
    expect((await make(admin.key, "any", ["usage:read"])).scopes).toEqual(["usage:read"]);
  });

  it.each([
    [
      "an expiry in the past",
      422,
      "invalid-option",
      { name: "a", scopes: ["admin"], expires_at: "2020-01-01T00:00:00Z" },
    ],
    ["an expiry without its time", 422, "invalid-option", { name: "a", scopes: ["admin"], expires_at: "2099-01-01" }],
    ["a scope that does not exist", 422, "invalid-option", { name: "a", scopes: ["everything"] }],
    ["no scope", 422, "invalid-option", { name: "a", scopes: [] }],
    ["no name", 422, "invalid-option", { scopes: ["admin"] }],
    ["an unknown field", 400, "unknown-field", { name: "a", scopes: ["admin"], colour: "red" }],
    ["an unparsable body", 400, "malformed-request", "{"],
  ])("refuses %s", async (_, status, code, body) => {
    const answer = await auth.app.inject({
      method: "POST",
      url: "/v1/api-keys",
      headers: { ...(await auth.bearer(auth.apiKey)), "content-type": "application/json" },
      payload: typeof body === "string" ? body : JSON.stringify(body),
    });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    if (status === 422)
      expect(answer.json().errors).toEqual([{ pointer: expect.any(String), detail: expect.any(String) }]);
    expect((await list(auth.apiKey)).body.items).toHaveLength(1);
  });
});

describe("listing keys", () => {
  it("shows an admin all of its tenant's, newest first, and none of another tenant's", async () => {
    const other = await auth.tenants.add("other");
    const member = await make(auth.apiKey, "member", ["documents:read"]);
    await make(member.key, "grandchild", ["documents:read"]);
    await make(other.key, "stranger", ["documents:read"]);
    const { names } = await list(auth.apiKey);
    expect(names.toSorted()).toEqual(["first key", "grandchild", "member"]);
    expect(names.at(-1)).toBe("first key");
  });

  it("shows anybody else its own: itself and those it made", async () => {
    const member = await make(auth.apiKey, "member", ["documents:read"]);
    await make(auth.apiKey, "neighbour", ["documents:read"]);
    await make(member.key, "child", ["documents:read"]);
    expect((await list(member.key)).names.toSorted()).toEqual(["child", "member"]);
  });

  it("gives full pages, also when most of the tenant's keys are not to be seen", async () => {
    const member = await make(auth.apiKey, "member", ["documents:read"]);
    for (let count = 0; count < 4; count += 1) {
      await make(member.key, `own ${count}`, ["documents:read"]);
      await make(auth.apiKey, `hidden ${count}`, ["documents:read"]);
    }
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let query: string | undefined = "?limit=2"; query;) {
      const { answer, body, names } = await list(member.key, query);
      seen.push(...names);
      sizes.push(names.length);
      const link = /^<\/v1\/api-keys(\?.*)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
      expect(link === undefined).toBe(body.next_cursor === null);
      if (link) expect(new URLSearchParams(link).get("cursor")).toBe(body.next_cursor);
      query = link;
    }
    expect(sizes).toEqual([2, 2, 1]);
    expect(seen.toSorted()).toEqual(["member", "own 0", "own 1", "own 2", "own 3"]);
  });

  it("pulls a limit into its range and refuses a cursor that it never gave", async () => {
    await make(auth.apiKey, "second", ["documents:read"]);
    expect((await list(auth.apiKey, "?limit=0")).names).toHaveLength(1);
    expect((await list(auth.apiKey, "?limit=9999")).names).toHaveLength(2);
    const headers = await auth.bearer(auth.apiKey);
    const refused = await auth.app.inject({ url: "/v1/api-keys?cursor=-1", headers });
    expect([refused.statusCode, refused.json().code]).toEqual([400, "malformed-request"]);
    const unknown = await auth.app.inject({ url: "/v1/api-keys?page=2", headers });
    expect([unknown.statusCode, unknown.json().code]).toEqual([400, "unknown-field"]);
  });
});

describe("deleting a key", () => {
  it("answers 204, then 404, and the exchange refuses the key", async () => {
    const made = await make(auth.apiKey, "lost", ["documents:read"]);
    expect((await auth.exchange(made.key)).statusCode).toBe(200);
    expect((await remove(auth.apiKey, made.id)).statusCode).toBe(204);
    expect((await remove(auth.apiKey, made.id)).statusCode).toBe(404);
    expect(await everythingIn(auth.redis, auth.prefix)).not.toContain(made.id);
    expect((await auth.exchange(made.key)).json()).toMatchObject({ error: "invalid_client" });
  });

  it("is everybody's right for own keys, an admin's for all, nobody's for another tenant's", async () => {
    const other = await auth.tenants.add("other");
    const member = await make(auth.apiKey, "member", ["documents:read"]);
    const child = await make(member.key, "child", ["documents:read"]);
    const neighbour = await make(auth.apiKey, "neighbour", ["documents:read"]);
    expect((await remove(member.key, neighbour.id)).statusCode).toBe(404);
    expect((await remove(other.key, neighbour.id)).statusCode).toBe(404);
    expect((await remove(member.key, child.id)).statusCode).toBe(204);
    expect((await remove(auth.apiKey, neighbour.id)).statusCode).toBe(204);
    expect((await remove(member.key, member.id)).statusCode).toBe(204);
  });
});
