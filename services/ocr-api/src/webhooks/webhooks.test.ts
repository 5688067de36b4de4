import { DeliveryList, Document, WebhookList, WebhookWithSecret } from "@lectura/contracts";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, PNG, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

const URL_OF_RECEIVER = "https://receiver.example/hook?token=abc";

let api: TestOcrApi;
const started: TestOcrApi[] = [];
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  started.push(api);
});
afterAll(async () => {
  await Promise.all(started.map(async ({ close }) => close()));
});

const call = async (method: "POST" | "DELETE", url: string, payload?: string, headers?: Record<string, string>) =>
  api.app.inject({
    method,
    url,
    headers: headers ?? (await api.bearer()),
    ...(payload === undefined ? {} : { payload }),
  });
const create = async (body: object = { url: URL_OF_RECEIVER }) => call("POST", "/v1/webhooks", JSON.stringify(body));
const created = async (body?: object) => WebhookWithSecret.parse((await create(body)).json());
const list = async (query = "") => WebhookList.parse((await api.get(`/v1/webhooks${query}`)).json());
const deliveriesOf = async (id: string, query = "") =>
  DeliveryList.parse((await api.get(`/v1/webhooks/${id}/deliveries${query}`)).json());

/** Documents that have ended, and the deliveries that courier makes of them. */
const ended = async (count: number, query = ""): Promise<void> => {
  for (let each = 0; each < count; each += 1) await api.finish((await api.submitted(query)).id);
  for (const ending of await api.documents.ended(count))
    await api.store.deliveries.fanOut(ending, await api.store.webhooks.ofTenant(TENANT));
};

describe("POST /v1/webhooks", () => {
  it("answers 201 with the webhook and its secret, which no list shows", async () => {
    const answer = await create({ url: URL_OF_RECEIVER, events: ["document.failed", "lectura.document.failed"] });
    expect(answer.statusCode).toBe(201);
    const { secret, ...webhook } = WebhookWithSecret.parse(answer.json());
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(answer.headers).toMatchObject({ location: `/v1/webhooks/${webhook.id}`, "cache-control": "no-store" });
    expect(webhook).toMatchObject({ url: URL_OF_RECEIVER, events: ["document.failed"], enabled: true });
    expect((await list()).items).toEqual([webhook]);
  });

  it("tells of every end when no events are named", async () => {
    expect((await created()).events).toHaveLength(5);
  });

  it.each([
    ["a private address", { url: "http://10.0.0.1/" }, 422, "forbidden-url"],
    ["metadata as a number", { url: "http://2852039166/" }, 422, "forbidden-url"],
    ["credentials", { url: "https://a:b@receiver.example/" }, 422, "forbidden-url"],
    ["no URL", { url: "receiver" }, 422, "forbidden-url"],
    ["nothing", {}, 422, "invalid-option"],
    ["an event that does not exist", { url: URL_OF_RECEIVER, events: ["document.read"] }, 422, "invalid-option"],
    ["an unknown field", { url: URL_OF_RECEIVER, secret: "mine" }, 400, "unknown-field"],
  ])("refuses %s", async (_what, body, status, code) => {
    const answer = await create(body);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect((await list()).items).toEqual([]);
  });

  it("refuses what is not JSON, and callers without the scope", async () => {
    const broken = await call("POST", "/v1/webhooks", "{");
    expect([broken.statusCode, broken.json().code]).toEqual([400, "malformed-request"]);
    const headers = await api.bearer({ scopes: ["documents:read"] });
    const refused = await call("POST", "/v1/webhooks", JSON.stringify({ url: URL_OF_RECEIVER }), headers);
    expect([refused.statusCode, refused.json().code]).toEqual([403, "insufficient-scope"]);
  });
});

describe("a tenant's webhooks", () => {
  it("are listed page by page, newest first", async () => {
    const ids = [];
    for (let each = 0; each < 3; each += 1) ids.unshift((await created()).id);
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(second.next_cursor).toBeNull();
    expect((await api.get("/v1/webhooks?cursor=whk_0")).json().code).toBe("malformed-request");
  });

  it("are nobody else's", async () => {
    const { id } = await created();
    const headers = await api.bearer({ tenant: OTHER_TENANT });
    expect((await call("DELETE", `/v1/webhooks/${id}`, undefined, headers)).statusCode).toBe(404);
    expect((await call("POST", `/v1/webhooks/${id}/rotate`, undefined, headers)).statusCode).toBe(404);
    expect((await api.app.inject({ url: `/v1/webhooks/${id}/deliveries`, headers })).statusCode).toBe(404);
    expect((await api.app.inject({ url: "/v1/webhooks", headers })).json().items).toEqual([]);
  });

  it("are deleted once", async () => {
    const { id } = await created();
    expect((await call("DELETE", `/v1/webhooks/${id}`)).statusCode).toBe(204);
    expect((await call("DELETE", `/v1/webhooks/${id}`)).statusCode).toBe(404);
    expect((await list()).items).toEqual([]);
  });

  it("get another secret, and so do the callbacks, which need no making", async () => {
    const { id, secret } = await created();
    const rotated = WebhookWithSecret.parse((await call("POST", `/v1/webhooks/${id}/rotate`)).json());
    expect(rotated.id).toBe(id);
    expect(rotated.secret).not.toBe(secret);
    const callback = await call("POST", "/v1/webhooks/callback/rotate");
    expect(WebhookWithSecret.parse(callback.json())).toMatchObject({ id: "callback", url: null, enabled: true });
    expect((await call("DELETE", "/v1/webhooks/callback")).json().code).toBe("conflict");
  });
});

describe("the delivery log", () => {
  it("is read page by page, newest first, and one of it delivered anew", async () => {
    const { id } = await created();
    await ended(3);
    const first = await deliveriesOf(id, "?limit=2");
    const second = await deliveriesOf(id, `?limit=2&cursor=${first.next_cursor}`);
    expect(first.items).toHaveLength(2);
    expect(second).toMatchObject({ items: [{ status: "pending", attempts: [] }], next_cursor: null });

    const [delivery] = (await deliveriesOf(id)).items;
    const attempt = { at: new Date().toISOString(), status: 204, error: null };
    await api.store.deliveries.settle(
      { id: delivery?.id ?? "", webhook: id },
      { attempt, status: "delivered", nextAttemptAt: null, disable: false },
    );
    expect((await deliveriesOf(id)).items[0]).toMatchObject({ status: "delivered", next_attempt_at: null });
    const replayed = await call("POST", `/v1/webhooks/${id}/deliveries/${delivery?.id}/replay`);
    expect(replayed.statusCode).toBe(202);
    expect(replayed.json()).toMatchObject({
      id: delivery?.id,
      event_id: delivery?.event_id,
      type: "lectura.document.succeeded",
      status: "pending",
      attempts: [attempt],
    });
  });

  it("knows no deliveries of other webhooks, and refuses a replay to one that is disabled", async () => {
    const [mine, other] = [await created(), await created()];
    await ended(1);
    const [delivery] = (await deliveriesOf(mine.id)).items;
    const replay = async (webhook: string, id = delivery?.id) =>
      call("POST", `/v1/webhooks/${webhook}/deliveries/${id}/replay`);
    expect((await replay(other.id)).statusCode).toBe(404);
    expect((await replay(mine.id, "dlv_0")).statusCode).toBe(404);
    const attempt = { at: new Date().toISOString(), status: 410, error: "gone" };
    const gone = { attempt, status: "failed", nextAttemptAt: null, disable: true } as const;
    await api.store.deliveries.settle({ id: delivery?.id ?? "", webhook: mine.id }, gone);
    expect((await list()).items.find(({ id }) => id === mine.id)).toMatchObject({ enabled: false });
    expect((await replay(mine.id)).json().code).toBe("conflict");
  });
});

describe("callback_url", () => {
  it("is kept with the document, shown to nobody and found in the log of callbacks", async () => {
    const query = `?callback_url=${encodeURIComponent(URL_OF_RECEIVER)}`;
    await ended(1, query);
    const [delivery] = (await deliveriesOf("callback")).items;
    expect(delivery).toMatchObject({ status: "pending", type: "lectura.document.succeeded" });
    const shown = await api.get(`/v1/documents/${delivery?.document_id}`);
    expect(Document.parse(shown.json()).id).toBe(delivery?.document_id);
    expect(shown.body).not.toContain("receiver.example");
  });

  it("that is not public refuses the document, and nothing of it stays", async () => {
    const answer = await api.submit({ payload: PNG }, "?callback_url=http://127.0.0.1/");
    expect([answer.statusCode, answer.json().code]).toEqual([422, "forbidden-url"]);
    expect(await api.stored()).toEqual([]);
    expect((await api.kept()).filter((key) => key.includes("document"))).toEqual([]);
  });
});
