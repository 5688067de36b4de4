import { AuditList, Document, parseApiKey, type Scope, type TenantId } from "../../packages/contracts/src/index.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PNG } from "../../services/ocr-api/src/fixtures/start-ocr-api.ts";
import { type Services, startServices } from "./fixtures/start-services.ts";

let services: Services;
let as: (changes?: { tenant?: TenantId; scope?: Scope }) => Promise<{ authorization: string }>;
beforeAll(async () => {
  services = await startServices();
  as = async (changes = {}) => ({ authorization: `Bearer ${await services.tokens.sign(changes)}` });
});
afterAll(() => services.close());

const read = async (query = "", headers?: { authorization: string }) =>
  services.gateway.inject({ url: `/v1/audit${query}`, headers: headers ?? (await as()) });
const entries = async (query = "") => AuditList.parse((await read(query)).json());

const newest = async (count: number): Promise<string[]> =>
  (await entries()).items.slice(0, count).map(({ actor, action }) => `${actor} ${action}`);

it("the audit log says who did what to which document, newest first, and nothing of what was in it", async () => {
  const { gateway } = services;
  const headers = { ...(await as()), "content-disposition": 'attachment; filename="diagnosis.png"' };
  const made = await gateway.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG });
  const { id } = Document.parse(made.json());
  await gateway.inject({ url: `/v1/documents/${id}`, headers });
  const removed = await gateway.inject({ method: "DELETE", url: `/v1/documents/${id}`, headers });
  const key = await gateway.inject({
    method: "POST",
    url: "/v1/api-keys",
    headers: await as(),
    payload: { name: "scanner", scopes: ["documents:read"] },
  });
  const list = await read();
  expect(AuditList.parse(list.json()).items).toEqual(
    [
      { actor: "key_1", action: "createApiKey", document_id: null, trace_id: key.headers["x-trace-id"] },
      { actor: "key_1", action: "deleteDocument", document_id: id, trace_id: removed.headers["x-trace-id"] },
      { actor: "key_1", action: "createDocument", document_id: id, trace_id: made.headers["x-trace-id"] },
    ].map((entry) => ({ ...entry, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), at: expect.any(String) })),
  );
  expect(list.body).not.toMatch(/diagnosis|scanner/);
});

it("logins are in it, and those that fail; so are new passwords, and keys with a wrong secret", async () => {
  const { auth, gateway } = services;
  const user = await auth.addUser("ana@example.org", "member", "tres tristes tigres");
  const login = async (email: string, password: string) =>
    gateway.inject({ method: "POST", url: "/v1/auth/login", payload: { email, password } });
  expect((await login("ana@example.org", "tres tristes tigres")).statusCode).toBe(200);
  expect((await login("ana@example.org", "dos tigres")).statusCode).toBe(401);
  expect((await login("nobody@example.org", "dos tigres")).statusCode).toBe(401);
  const { id = "" } = parseApiKey(auth.apiKey) ?? {};
  const wrong = { grant_type: "client_credentials", client_id: id, client_secret: "wrong" };
  expect((await auth.askToken(wrong)).statusCode).toBe(401);
  const reset = await auth.call(auth.apiKey, "POST", `/v1/users/${user.id}/password-reset`);
  await auth.post("/v1/auth/reset-password", { token: reset.json().token, password: "cuatro tigres" });
  // Refusals are written when they are answered already, in whatever order.
  await expect
    .poll(async () => (await newest(7)).toSorted())
    .toEqual(
      [
        `key_${id} createUser`,
        `${user.id} acceptInvite`,
        `${user.id} login`,
        `${user.id} login refused`,
        `key_${id} requestToken refused`,
        `key_${id} requestPasswordReset`,
        `${user.id} resetPassword`,
      ].toSorted(),
    );
  expect((await read()).body).not.toMatch(/tigres|example/);
});

it("a call without the right to it is not in it, and neither is what was only looked at", async () => {
  const { gateway } = services;
  const before = await entries();
  const headers = await as({ scope: "documents:read" });
  await gateway.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG });
  await gateway.inject({ url: "/v1/documents", headers });
  await gateway.inject({ method: "DELETE", url: `/v1/documents/doc_${"0".repeat(32)}`, headers: await as() });
  expect(await entries()).toEqual(before);
});

it("it is read page by page, by admins of the tenant alone", async () => {
  const all = await entries();
  const first = await entries("?limit=2");
  expect(first.items).toEqual(all.items.slice(0, 2));
  const rest = await entries(`?limit=100&cursor=${first.next_cursor}`);
  expect(rest).toEqual({ items: all.items.slice(2), next_cursor: null });
  expect((await read("?cursor=0")).json()).toMatchObject({ status: 400, code: "malformed-request" });
  expect((await read("", await as({ tenant: "ten_other" }))).json()).toEqual({ items: [], next_cursor: null });
  expect((await read("", await as({ scope: "documents:read" }))).statusCode).toBe(403);
});

it("nobody can write to it or take anything out", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const)
    expect((await services.gateway.inject({ method, url: "/v1/audit", headers: await as() })).statusCode).toBe(405);
});
