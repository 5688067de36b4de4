import { CreatedUser, parseApiKey, PasswordReset, Role, roleScopes, Scope, UserList } from "@lectura/contracts";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { everythingIn, startAuth, statusesOf, type TestAuth } from "../fixtures/start-auth.ts";

const PASSWORD = "tres tristes tigres";
const auths: TestAuth[] = [];
let auth: TestAuth;
beforeEach(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
  auths.push(auth);
});
afterAll(() => Promise.all(auths.map((each) => each.close())));

const add = async (email: string, role: Role = "member", as = auth.apiKey) =>
  auth.call(as, "POST", "/v1/users", { email, role });
const added = async (email: string, role: Role = "member") => CreatedUser.parse((await add(email, role)).json());
const list = async (query = "", as = auth.apiKey) => auth.call(as, "GET", `/v1/users${query}`);
const login = async (email: string, password = PASSWORD) => auth.post("/v1/auth/login", { email, password });
const reset = async (id: string) =>
  PasswordReset.parse((await auth.call(auth.apiKey, "POST", `/v1/users/${id}/password-reset`)).json());
const accept = async (token: string, password = PASSWORD) => auth.post("/v1/auth/accept-invite", { token, password });

describe("a tenant's users", () => {
  it("are made with a token that invites them, shown once and kept as a hash", async () => {
    const answer = await add("Ana@Example.org", "member");
    const { invite_token, ...user } = CreatedUser.parse(answer.json());
    expect([answer.statusCode, answer.headers.location]).toEqual([201, `/v1/users/${user.id}`]);
    expect(user).toMatchObject({ email: "ana@example.org", role: "member" });
    expect((await list()).json()).toEqual({ items: [user], next_cursor: null });
    expect(await everythingIn(auth.redis, auth.prefix)).not.toContain(invite_token);
  });

  it("are listed page by page, newest first", async () => {
    for (const name of ["a", "b", "c"]) await add(`${name}@example.org`);
    const first = await list("?limit=2");
    expect(UserList.parse(first.json()).items).toHaveLength(2);
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? "";
    const second = UserList.parse((await auth.call(auth.apiKey, "GET", next)).json());
    expect([second.items.length, second.next_cursor]).toEqual([1, null]);
    expect((await list("?cursor=soon")).json()).toMatchObject({ status: 400, code: "malformed-request" });
  });

  it("have one email each on the whole platform, however it is written and whoever comes at the same time", async () => {
    const answers = await Promise.all(["ana@example.org", "ANA@example.org", " Ana@Example.org "].map((e) => add(e)));
    expect(statusesOf(answers)).toEqual([201, 409, 409]);
    const elsewhere = await auth.tenants.add("other");
    expect((await add("ana@example.org", "member", elsewhere.key)).json()).toMatchObject({ code: "conflict" });
  });

  it("are nobody else's: another tenant finds, changes and removes none of them", async () => {
    const { id } = await added("ana@example.org");
    const { key } = await auth.tenants.add("other");
    expect(UserList.parse((await list("", key)).json()).items).toEqual([]);
    for (const answer of [
      await auth.call(key, "PATCH", `/v1/users/${id}`, { role: "owner" }),
      await auth.call(key, "DELETE", `/v1/users/${id}`),
      await auth.call(key, "POST", `/v1/users/${id}/password-reset`),
    ])
      expect(answer.json()).toMatchObject({ status: 404, code: "not-found" });
    expect(UserList.parse((await list()).json()).items).toMatchObject([{ id, role: "member" }]);
  });

  it("are an admin's business", async () => {
    const { key } = (
      await auth.createKey(auth.apiKey, { name: "no admin", scopes: Scope.options.filter((each) => each !== "admin") })
    ).json();
    expect((await list("", key)).json()).toMatchObject({ status: 403, code: "insufficient-scope" });
  });

  it.each([
    [{ email: "nobody", role: "member" }, 422],
    [{ email: "a@example.org", role: "king" }, 422],
    [{ email: "a@example.org" }, 422],
    [{ email: "a@example.org", role: "member", password: "x" }, 400],
  ])("are not made of %j", async (body, status) => {
    expect((await auth.call(auth.apiKey, "POST", "/v1/users", body)).statusCode).toBe(status);
  });

  it("are gone when they are removed, and their email is free again", async () => {
    const user = await auth.addUser("ana@example.org", "member", PASSWORD);
    const remove = async () => auth.call(auth.apiKey, "DELETE", `/v1/users/${user.id}`);
    expect((await remove()).statusCode).toBe(204);
    expect((await remove()).statusCode).toBe(404);
    expect((await login("ana@example.org")).statusCode).toBe(401);
    expect((await add("ana@example.org")).statusCode).toBe(201);
  });
});

describe("the last owner", () => {
  it("can neither be removed nor made something less, until there is another one", async () => {
    const { id } = await added("ana@example.org", "owner");
    const path = `/v1/users/${id}`;
    const refusal = { status: 409, code: "last-owner" };
    expect((await auth.call(auth.apiKey, "DELETE", path)).json()).toMatchObject(refusal);
    expect((await auth.call(auth.apiKey, "PATCH", path, { role: "member" })).json()).toMatchObject(refusal);
    expect((await auth.call(auth.apiKey, "PATCH", path, { role: "owner" })).statusCode).toBe(200);
    const other = await added("eva@example.org");
    expect((await auth.call(auth.apiKey, "PATCH", `/v1/users/${other.id}`, { role: "owner" })).json()).toMatchObject({
      id: other.id,
      role: "owner",
    });
    expect((await auth.call(auth.apiKey, "DELETE", path)).statusCode).toBe(204);
  });

  it("stays, when all owners are removed at the same moment", async () => {
    const owners = [];
    for (const name of ["a", "b", "c", "d"]) owners.push(await added(`${name}@example.org`, "owner"));
    const answers = await Promise.all(owners.map(({ id }) => auth.call(auth.apiKey, "DELETE", `/v1/users/${id}`)));
    expect(statusesOf(answers)).toEqual([204, 204, 204, 409]);
  });
});

describe("an invitation", () => {
  it("lets the user choose a password, once", async () => {
    const { invite_token } = await added("ana@example.org");
    expect((await login("ana@example.org")).statusCode).toBe(401);
    expect((await accept(invite_token)).statusCode).toBe(204);
    expect((await login("ana@example.org")).statusCode).toBe(200);
    const again = await accept(invite_token, "another password");
    expect(again.json()).toMatchObject({ status: 401, code: "invalid-credentials" });
    expect(again.headers["www-authenticate"]).toMatch(/^Bearer/);
    expect((await login("ana@example.org")).statusCode).toBe(200);
  });

  it("is taken once when it comes twice at the same moment", async () => {
    const { invite_token } = await added("ana@example.org");
    const answers = await Promise.all([accept(invite_token, "first password"), accept(invite_token, "other password")]);
    expect(statusesOf(answers)).toEqual([204, 401]);
  });

  it("ends after a week, with its user, and is no token of a reset", async () => {
    const ana = await added("ana@example.org");
    expect(
      (await auth.post("/v1/auth/reset-password", { token: ana.invite_token, password: PASSWORD })).statusCode,
    ).toBe(401);
    const [key = ""] = await auth.redis.keys(`${auth.prefix}:one-time-token:*`);
    expect(await auth.redis.pttl(key)).toBeGreaterThan(6.9 * 86_400_000);
    await auth.call(auth.apiKey, "DELETE", `/v1/users/${ana.id}`);
    expect((await accept(ana.invite_token)).statusCode).toBe(401);
    expect((await accept("invite_made_up")).statusCode).toBe(401);
  });

  it("asks for a password that is one", async () => {
    const { invite_token } = await added("ana@example.org");
    for (const password of ["short", "x".repeat(300)])
      expect((await accept(invite_token, password)).json()).toMatchObject({
        status: 422,
        errors: [{ pointer: "/password" }],
      });
    expect((await accept(invite_token)).statusCode).toBe(204);
  });
});

describe("a password", () => {
  it("is kept as argon2id and nothing else", async () => {
    await auth.addUser("ana@example.org", "member", PASSWORD);
    const kept = await everythingIn(auth.redis, auth.prefix);
    expect(kept).toContain("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(kept).not.toContain(PASSWORD);
  });

  it("is changed by an admin's token of a reset, once, and the former one is good no more", async () => {
    const { id } = await auth.addUser("ana@example.org", "member", PASSWORD);
    const [first, second] = [await reset(id), await reset(id)];
    const choose = async (token: string) => auth.post("/v1/auth/reset-password", { token, password: "new password" });
    expect((await choose(first.token)).statusCode).toBe(204);
    // Asked for before the password changed: whoever has it could change it back.
    expect((await choose(second.token)).statusCode).toBe(401);
    expect((await login("ana@example.org")).statusCode).toBe(401);
    expect((await login("ana@example.org", "new password")).statusCode).toBe(200);
  });

  it("is refused in the same words where nobody has this email", async () => {
    await auth.addUser("ana@example.org", "member", PASSWORD);
    const answers = [await login("ana@example.org", "wrong"), await login("nobody@example.org", "wrong")];
    const said = answers.map((answer) => ({ ...answer.json(), trace_id: "", instance: "" }));
    expect(said[0]).toEqual(said[1]);
  });
});

describe("a role", () => {
  it.each(Role.options)("%s has its scopes, in the token and in /v1/auth/me", async (role) => {
    const { id } = await auth.addUser(`${role}@example.org`, role, PASSWORD);
    const { access_token, scope } = (await login(`${role}@example.org`)).json();
    expect(scope.split(" ")).toEqual(roleScopes(role));
    const me = await auth.app.inject({ url: "/v1/auth/me", headers: { authorization: `Bearer ${access_token}` } });
    expect(me.json()).toEqual({ sub: id, tenant: auth.tenant, scopes: roleScopes(role), kind: "user" });
  });

  it("that changes counts from the next token on", async () => {
    const { id } = await auth.addUser("ana@example.org", "viewer", PASSWORD);
    const { refresh_token } = (await login("ana@example.org")).json();
    await auth.call(auth.apiKey, "PATCH", `/v1/users/${id}`, { role: "member" });
    const { scope } = (await auth.post("/v1/auth/refresh", { refresh_token })).json();
    expect(scope).toContain("documents:write");
  });

  it("lets a user give away by a key what the role has, and no more", async () => {
    await auth.addUser("ana@example.org", "viewer", PASSWORD);
    const { access_token } = (await login("ana@example.org")).json();
    const make = async (scopes: Scope[]) =>
      auth.app.inject({
        method: "POST",
        url: "/v1/api-keys",
        headers: { authorization: `Bearer ${access_token}` },
        payload: { name: "ana's", scopes },
      });
    expect((await make(["documents:read"])).statusCode).toBe(201);
    expect((await make(["documents:write"])).statusCode).toBe(403);
    expect(parseApiKey((await make(["documents:read"])).json().key)).toBeDefined();
  });
});
