import {
  api,
  CreatedApiKey,
  CreatedUser,
  DeliveryList,
  Document,
  type DocumentId,
  type Failure,
  Problem,
  type Route,
  Scope,
  WebhookWithSecret,
} from "../../packages/contracts/src/index.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PNG } from "../../services/ocr-api/src/fixtures/start-ocr-api.ts";
import { type Services, startServices } from "./fixtures/start-services.ts";
import type { Tokens } from "../../test/fixtures/tokens.ts";

const RECEIVER = "https://receiver.example/told";

type Name = keyof typeof api;
const table: Record<string, Route> = api;
const names = Object.keys(table);
const guarded = names.filter((name) => table[name]?.access !== "public");

let services: Services;
let tokens: Tokens;
let right: string;
let stranger: string;
beforeAll(async () => {
  services = await startServices();
  ({ tokens } = services);
  right = await tokens.sign();
  stranger = await tokens.sign({ tenant: "ten_other", sub: "key_2" });
});
afterAll(() => services.close());

const routeOf = (name: string): Route => {
  const route = table[name];
  if (!route) throw new Error(`there is no route ${name}`);
  return route;
};

const newDocument = async (): Promise<DocumentId> => {
  const { gateway } = services;
  const headers = { authorization: `Bearer ${right}` };
  const answer = await gateway.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG });
  return Document.parse(answer.json()).id;
};

/** A document that was given up, as a worker does it. */
const givenUp = async (): Promise<DocumentId> => {
  const { documents } = services.ocrApi;
  const document = await newDocument();
  const job = { document, attempt: 1 };
  const error: Failure = { code: "internal", title: "t", detail: "d", retryable: true };
  await documents.start(job);
  await documents.finish(job, { status: "failed", finished_at: Date.now(), error, givenUpAfter: 10 });
  return document;
};

/** What each path's `:id` can be: something of the right tenant's, made anew, since a call may remove it. */
const ids: Record<string, () => Promise<string>> = {
  documents: newDocument,
  "dead-letters": async () => `${await givenUp()}-1-0`,
  webhooks: async () => {
    const { gateway } = services;
    const headers = { authorization: `Bearer ${right}` };
    const payload = { url: RECEIVER };
    const answer = await gateway.inject({ method: "POST", url: "/v1/webhooks", headers, payload });
    return WebhookWithSecret.parse(answer.json()).id;
  },
  "api-keys": async () => {
    const { auth } = services;
    return CreatedApiKey.parse((await auth.createKey(auth.apiKey, { name: "n", scopes: ["admin"] })).json()).id;
  },
  users: async () => {
    const { auth } = services;
    const body = { email: `${crypto.randomUUID()}@example.org`, role: "member" };
    return CreatedUser.parse((await auth.call(auth.apiKey, "POST", "/v1/users", body)).json()).id;
  },
};

/** Bodies with which a call does what it is there for. */
const bodies: Partial<Record<Name, () => object | Buffer>> = {
  createDocument: () => PNG,
  createApiKey: () => ({ name: "n", scopes: ["documents:read"] }),
  createUser: () => ({ email: `${crypto.randomUUID()}@example.org`, role: "viewer" }),
  changeUser: () => ({ role: "viewer" }),
  createWebhook: () => ({ url: RECEIVER }),
};

/** Where the path says more than `:id`, or a call does not want just any. */
const paths: Partial<Record<Name, () => Promise<string>>> = {
  // The stream of a document that is not final goes on.
  getEvents: async () => `/v1/documents/${await givenUp()}/events`,
  replayDelivery: async () => {
    const webhook = (await ids["webhooks"]?.()) ?? "";
    await givenUp();
    const { documents, store } = services.ocrApi;
    // As courier does it.
    for (const ending of await documents.ended(1000))
      await store.deliveries.fanOut(ending, await store.webhooks.ofTenant(services.auth.tenant));
    const headers = { authorization: `Bearer ${right}` };
    const answer = await services.gateway.inject({ url: `/v1/webhooks/${webhook}/deliveries`, headers });
    const { items } = DeliveryList.parse(answer.json());
    return `/v1/webhooks/${webhook}/deliveries/${items[0]?.id}/replay`;
  },
};

/** What the right caller gets where it is not the route's own success: nobody recognises documents here. */
const outcomes: Partial<Record<Name, number>> = {
  createDocument: 202,
  getResult: 409,
  getPage: 409,
  getPageImage: 409,
};

const successOf = (name: string): number => {
  const known = new Map<string, number>(Object.entries(outcomes)).get(name);
  return known ?? Number(Object.keys(routeOf(name).answers).find((status) => status.startsWith("2")));
};

const pathOf = async (name: string): Promise<string> => {
  const route = routeOf(name);
  const known = new Map<string, () => Promise<string>>(Object.entries(paths)).get(name);
  if (known) return known();
  const id = /:id/.test(route.path) ? await ids[/^\/v1\/([\w-]+)/.exec(route.path)?.[1] ?? ""]?.() : "";
  return route.path.replace(":id", id ?? "1").replaceAll(/:\w+/g, "1");
};

const call = async (name: string, headers: Record<string, string>) => {
  const route = routeOf(name);
  const payload = new Map<string, () => object | Buffer>(Object.entries(bodies)).get(name)?.();
  return services.gateway.inject({
    method: route.method,
    url: await pathOf(name),
    headers,
    ...(payload && { payload }),
  });
};
const callAs = async (name: string, token: string) => call(name, { authorization: `Bearer ${token}` });

describe.each(guarded)("%s", (name) => {
  it("is 401 without a credential", async () => {
    const answer = await call(name, {});
    expect(Problem.parse(answer.json())).toMatchObject({ status: 401, code: "missing-credentials" });
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  it("is 401 with whatever is no good token or key", async () => {
    for (const [what, [token, code]] of Object.entries(tokens.wrong)) {
      const answer = await callAs(name, token);
      expect(Problem.parse(answer.json()), what).toMatchObject({ status: 401, code });
      expect(answer.headers["www-authenticate"], what).toMatch(/error="invalid_token"/);
    }
    for (const key of ["nonsense", `lk_${"0".repeat(16)}_${"s".repeat(43)}`])
      expect((await call(name, { "x-api-key": key })).statusCode).toBe(401);
  });

  it("is 403 for the right tenant without the scope, and for no other reason", async () => {
    const { access } = routeOf(name);
    const scope = Scope.options.filter((each) => each !== access).join(" ");
    const answer = await callAs(name, await tokens.sign({ scope }));
    if (access === "any") expect(answer.statusCode).toBe(successOf(name));
    else expect(Problem.parse(answer.json())).toMatchObject({ status: 403, code: "insufficient-scope" });
  });

  it("shows another tenant nothing of ours", async () => {
    const answer = await callAs(name, stranger);
    if (routeOf(name).path.includes(":id")) expect(answer.statusCode).toBe(404);
    else expect(answer.statusCode).toBe(successOf(name));
  });

  it("is open to the right one", async () => {
    expect((await callAs(name, right)).statusCode).toBe(successOf(name));
  });
});

describe("HEAD", () => {
  it.each(guarded.filter((name) => routeOf(name).method === "GET"))("is refused like GET: %s", async (name) => {
    const url = await pathOf(name);
    const { gateway } = services;
    expect((await gateway.inject({ method: "HEAD", url })).statusCode).toBe(401);
    const [expired] = tokens.wrong.expired;
    const headers = { authorization: `Bearer ${expired}` };
    expect((await gateway.inject({ method: "HEAD", url, headers })).statusCode).toBe(401);
  });
});

describe("a call without credentials", () => {
  it.each(names.filter((name) => routeOf(name).access === "public"))(
    "%s is answered alike whatever token comes along",
    async (name) => {
      const plain = (await call(name, {})).statusCode;
      for (const [token] of [...Object.values(tokens.wrong), [right], [stranger]])
        expect((await callAs(name, token ?? "")).statusCode).toBe(plain);
    },
  );
});
