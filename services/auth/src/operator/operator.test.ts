import { type AuditEntry, Role, Scope } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKeys } from "../api-keys/api-keys.ts";
import { createAuditLog } from "@lectura/http";
import { KEY_SECRET, startAuth, type TestAuth } from "../fixtures/start-auth.ts";
import { replaceKeys, rotateKeys } from "../signing/rotate-keys.ts";
import { createUsers } from "../users/users.ts";
import { operatorCommands } from "./commands.ts";
import { noted } from "./noted.ts";
import { runOperator } from "./run-operator.ts";

let auth: TestAuth;
beforeAll(async () => {
  auth = await startAuth(process.env["REDIS_URL"]);
});
afterAll(() => auth.close());

const run = async (...args: string[]) => {
  const { redis, prefix, tenants } = auth;
  const signing = { redis, prefix, secret: KEY_SECRET };
  const commands = operatorCommands({
    tenants,
    users: createUsers({ store: auth.users }),
    apiKeys: createApiKeys({ store: auth.apiKeys }),
    rotate: () => rotateKeys({ ...signing, leadMs: 360_000 }),
    replace: () => replaceKeys(signing),
  });
  return runOperator(noted(commands, { audit: createAuditLog({ redis, prefix }), tenants }), args);
};

/** The variables that a command prints. */
const made = async (...args: string[]): Promise<Record<string, string>> => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr]).toEqual([0, ""]);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
};

const listed = async (...args: string[]): Promise<unknown[]> =>
  (await run(...args)).stdout.split("\n").flatMap((line): unknown[] => (line ? [JSON.parse(line)] : []));

describe("the operator's command line", () => {
  it("makes tenants with a key that works, and lists them", async () => {
    const { LECTURA_TENANT: tenant, LECTURA_API_KEY: key = "" } = await made("tenants", "add", "Archivo municipal");
    expect((await auth.call(key, "GET", "/v1/auth/me")).json()).toMatchObject({ tenant });
    expect(await listed("tenants", "list")).toContainEqual({
      tenant,
      name: "Archivo municipal",
      created_at: expect.any(String),
    });
  });

  it("invites users, resets their passwords and removes them", async () => {
    const invited = await made("users", "add", auth.tenant, "Ana@example.org", "owner");
    const { LECTURA_USER: id = "", LECTURA_INVITE_TOKEN: token = "" } = invited;
    const login = async (password: string) => auth.post("/v1/auth/login", { email: "ana@example.org", password });
    await auth.post("/v1/auth/accept-invite", { token, password: "tres tristes tigres" });
    expect((await login("tres tristes tigres")).statusCode).toBe(200);
    const { LECTURA_RESET_TOKEN: reset = "" } = await made("users", "reset", auth.tenant, id);
    await auth.post("/v1/auth/reset-password", { token: reset, password: "otra palabra" });
    expect((await login("otra palabra")).statusCode).toBe(200);
    expect(await run("users", "remove", auth.tenant, id)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/only owner/),
    });
    await made("users", "add", auth.tenant, "eva@example.org", "owner");
    expect(await run("users", "remove", auth.tenant, id)).toMatchObject({ code: 0 });
    expect(await listed("users", "list", auth.tenant)).toMatchObject([{ email: "eva@example.org", role: "owner" }]);
  });

  it("makes, lists and removes API keys", async () => {
    const scopes = "documents:read,usage:read";
    const { LECTURA_KEY_ID: id = "", LECTURA_API_KEY: key = "" } = await made("keys", "add", auth.tenant, "n", scopes);
    expect((await auth.exchange(key)).json()).toMatchObject({ scope: "documents:read usage:read" });
    expect(await listed("keys", "list", auth.tenant)).toContainEqual(expect.objectContaining({ id, name: "n" }));
    expect(await run("keys", "remove", auth.tenant, id)).toMatchObject({ code: 0 });
    expect((await auth.exchange(key)).statusCode).toBe(401);
  });

  it("rotates the signing key, and replaces it", async () => {
    const next = await made("keys", "rotate");
    expect(Date.parse(next["LECTURA_SIGNS_FROM"] ?? "") - Date.now()).toBeGreaterThan(300_000);
    const only = await made("keys", "replace");
    expect(only["LECTURA_SIGNING_KEY"]).not.toBe(next["LECTURA_SIGNING_KEY"]);
    expect(await auth.redis.hkeys(`${auth.prefix}:signing-keys`)).toEqual([only["LECTURA_SIGNING_KEY"]]);
  });

  it("leaves an entry in the audit log of each tenant that a command was about, and none where nothing was changed", async () => {
    const noted = async (key: string): Promise<object[]> =>
      (await auth.call(key, "GET", "/v1/audit?limit=100"))
        .json()
        .items.map(({ actor, action }: AuditEntry) => [actor, action]);
    const { LECTURA_TENANT: tenant = "", LECTURA_API_KEY: key = "" } = await made("tenants", "add", "Notaría");
    await made("users", "add", tenant, "luz@example.org", "owner");
    await run("users", "list", tenant);
    await run("users", "remove", tenant, "usr_none");
    await made("keys", "rotate");
    expect(await noted(key)).toEqual([
      ["operator", "keys rotate"],
      ["operator", "users add"],
      ["operator", "tenants add"],
    ]);
    expect((await noted(auth.apiKey))[0]).toEqual(["operator", "keys rotate"]);
  });

  it.each([[[]], [["tenants"]], [["tenants", "add"]], [["tenants", "add", "a", "b"]], [["constructor", "x"]]])(
    "shows how it is used at %j",
    async (args) => {
      const { code, stderr } = await run(...args);
      expect(code).toBe(2);
      expect(stderr).toContain("tenants add NAME");
      expect(stderr).toContain(`users add TENANT EMAIL ${Role.options.join("|")}`);
    },
  );

  it("gives a tenant limits of its own, and takes them back", async () => {
    const own = async () => JSON.parse((await run("tenants", "limits", auth.tenant)).stdout);
    expect(await own()).toEqual({});
    await made("tenants", "limit", auth.tenant, "kept_bytes", "5000");
    await made("tenants", "limit", auth.tenant, "requests_per_second", "7");
    expect(await own()).toEqual({ kept_bytes: 5000, requests_per_second: 7 });
    expect(await auth.redis.hget(`${auth.prefix}:limits:${auth.tenant}`, "request_burst")).toBe("14");
    await made("tenants", "limit", auth.tenant, "requests_per_second", "default");
    expect(await own()).toEqual({ kept_bytes: 5000 });
    expect(await auth.redis.hkeys(`${auth.prefix}:limits:${auth.tenant}`)).toEqual(["kept_bytes"]);
    expect((await run("tenants", "limit", auth.tenant, "page_pixels", "1")).code).toBe(1);
    expect((await run("tenants", "limit", auth.tenant, "kept_bytes", "-1")).code).toBe(1);
  });

  it("says what is wrong with a tenant, a role or a scope", async () => {
    expect((await run("users", "list", "ten_none")).stderr).toBe("There is no tenant ten_none.\n");
    expect((await run("users", "add", auth.tenant, "a@example.org", "king")).stderr).toMatch(/^role: /);
    expect((await run("keys", "add", auth.tenant, "n", `${Scope.options[0]},all`)).stderr).toMatch(/^scopes\.1: /);
  });
});
