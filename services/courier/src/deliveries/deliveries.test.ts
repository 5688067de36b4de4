import { Webhook as Verifier } from "standardwebhooks";
import { CALLBACK, WebhookEvent } from "@lectura/contracts";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openCourier, OTHER_TENANT, PUBLIC_URL, TENANT, type TestCourier, TRACE_ID } from "../fixtures/open-courier.ts";
import { type Received, type Receiver, startReceiver } from "../fixtures/start-receiver.ts";

let at: TestCourier;
let receiver: Receiver;
beforeEach(async () => {
  at = openCourier(process.env["REDIS_URL"]);
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await at.close();
});

const subscribe = async (events: WebhookEvent[] = WebhookEvent.options, tenant = TENANT) =>
  at.webhooks.add({ tenant, url: receiver.url, events });
const verified = (secret: string, { body, headers }: Received): unknown => {
  const strings = Object.entries(headers).filter((each): each is [string, string] => typeof each[1] === "string");
  return new Verifier(secret).verify(body, Object.fromEntries(strings));
};
const idsOf = (received: Received[]) => received.map(({ headers }) => headers["webhook-id"]);

describe("the end of a document", () => {
  it("is told as a CloudEvent, signed as Standard Webhooks want it", async () => {
    const { secret } = await subscribe();
    const id = await at.ended({ reference: "invoice 7" });
    await at.fanOut();
    await at.deliverDue();
    const [only] = receiver.received;
    if (!only) throw new Error("nothing was received");
    expect(only.headers["content-type"]).toMatch(/^application\/cloudevents\+json/);
    expect(verified(secret, only)).toMatchObject({
      specversion: "1.0",
      id: only.headers["webhook-id"],
      source: PUBLIC_URL,
      type: "lectura.document.succeeded",
      subject: id,
      datacontenttype: "application/json",
      data: { id, status: "succeeded", reference: "invoice 7", trace_id: TRACE_ID },
    });
    expect(JSON.parse(only.body).data.links.self).toBe(`${PUBLIC_URL}/v1/documents/${id}`);
    const { secret: foreign } = await subscribe();
    expect(() => verified(foreign, only)).toThrow();
    expect(() => verified(secret, { ...only, body: only.body.replace("invoice 7", "invoice 8") })).toThrow();
  });

  it("is told to those of the tenant who want to hear of it, and to nobody else", async () => {
    const failures = await subscribe(["document.failed"]);
    const successes = await subscribe(["document.succeeded", "document.partial"]);
    const strangers = await subscribe(undefined, OTHER_TENANT);
    await at.ended({ status: "partial" });
    await at.fanOut();
    expect(await at.logOf(failures.id)).toEqual([]);
    expect(await at.logOf(strangers.id, OTHER_TENANT)).toEqual([]);
    expect(await at.logOf(successes.id)).toMatchObject([{ event: "document.partial", status: "pending" }]);
  });

  it("that was not reached is told to nobody: the first final status alone counts", async () => {
    await subscribe();
    const { id } = await at.create();
    await at.fanOut();
    expect(await at.deliverDue()).toBe(0);
    expect(await Promise.all([at.finish(id, "failed"), at.finish(id, "succeeded")])).toEqual([true, false]);
    await at.fanOut();
    await at.deliverDue();
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).toEqual(["lectura.document.failed"]);
  });

  it("by expiry before it was finished is told, too, and after that is no news", async () => {
    await subscribe();
    const { id } = await at.create();
    const finished = await at.ended();
    for (const each of [id, finished])
      await at.documents.bury({ id: each, tenant: TENANT, reference: null }, "expired");
    await at.fanOut();
    await at.deliverDue();
    const told = receiver.received.map(({ body }) => JSON.parse(body));
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(
      expect.objectContaining({ type: "lectura.document.expired", data: { id, status: "expired" } }),
    );
    expect(told).toContainEqual(expect.objectContaining({ type: "lectura.document.succeeded", subject: finished }));
  });

  it("is fanned out once, however many couriers read it", async () => {
    const { id } = await subscribe();
    await at.ended();
    const other = openCourier(process.env["REDIS_URL"], at.prefix);
    await Promise.all([at.fanOut(), other.fanOut(), at.fanOut(), other.fanOut()]);
    await other.close();
    expect(await at.logOf(id)).toHaveLength(1);
    expect(await at.documents.endedCount()).toBe(0);
  });

  it("of a document that was deleted meanwhile is told without anything of it, nor does Redis keep anything", async () => {
    await subscribe();
    const id = await at.ended({ reference: "invoice 7" });
    await at.fanOut();
    await at.documents.bury({ id, tenant: TENANT, reference: "invoice 7" }, "deleted");
    for (const key of await at.redis.keys(`${at.prefix}:deliver*`)) {
      const kept = (await at.redis.type(key)) === "hash" ? await at.redis.hgetall(key) : {};
      expect(JSON.stringify(kept)).not.toMatch(/invoice|confidential/);
    }
    await at.deliverDue();
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({
      subject: id,
      data: { id, status: "succeeded" },
    });
    expect(receiver.received[0]?.body).not.toMatch(/invoice|confidential/);
  });
});

describe("callback_url", () => {
  it("is told of its document alone, signed with the tenant's secret", async () => {
    const secret = await at.webhooks.rotate({ id: CALLBACK, tenant: TENANT });
    await at.ended();
    const id = await at.ended({ callback_url: receiver.url });
    await at.fanOut();
    await at.deliverDue();
    expect(receiver.received).toHaveLength(1);
    const [only] = receiver.received;
    expect(only && verified(secret ?? "", only)).toMatchObject({ subject: id });
    expect(JSON.parse(only?.body ?? "").data.options).not.toHaveProperty("callback_url");
    expect(await at.logOf(CALLBACK)).toMatchObject([{ document: id, status: "delivered" }]);
    expect(await at.logOf(CALLBACK, OTHER_TENANT)).toEqual([]);
  });

  it("is signed also when nobody has asked for the secret yet, with the one that a rotation keeps valid", async () => {
    await at.ended({ callback_url: receiver.url });
    await at.fanOut();
    await at.deliverDue();
    expect(receiver.received[0]?.headers["webhook-signature"]).toMatch(/^v1,\S+$/);
    const secret = await at.webhooks.rotate({ id: CALLBACK, tenant: TENANT });
    await at.ended({ callback_url: receiver.url });
    await at.fanOut();
    await at.deliverDue();
    expect(receiver.received[1]?.headers["webhook-signature"]).toMatch(/^v1,\S+ v1,\S+$/);
    expect(receiver.received[1] && verified(secret ?? "", receiver.received[1])).toBeDefined();
  });

  it("that answers 410 ends that delivery, and the tenant's other callbacks go on", async () => {
    await at.ended({ callback_url: receiver.url });
    receiver.answerWith(410);
    await at.fanOut();
    await at.deliverDue();
    receiver.answerWith(204);
    await at.ended({ callback_url: receiver.url });
    await at.fanOut();
    await at.deliverDue();
    expect((await at.logOf(CALLBACK)).map(({ status }) => status)).toEqual(["delivered", "failed"]);
  });
});

describe("rotation of the secret", () => {
  it("has both secrets sign, the new one first", async () => {
    const webhook = await subscribe();
    const secret = await at.webhooks.rotate(webhook);
    await at.ended();
    await at.fanOut();
    await at.deliverDue();
    const [only] = receiver.received;
    for (const each of [webhook.secret, secret ?? ""]) expect(only && verified(each, only)).toBeDefined();
  });

  it("refuses one of two at the same moment", async () => {
    const webhook = await subscribe();
    const secrets = await Promise.all([at.webhooks.rotate(webhook), at.webhooks.rotate(webhook)]);
    expect(secrets.filter((secret) => secret === undefined)).toHaveLength(1);
    expect((await at.webhooks.secretsOf(webhook))[0]).toBe(secrets.find((secret) => secret !== undefined));
  });

  it("keeps no secret readable in Redis", async () => {
    const webhook = await subscribe();
    const rotated = await at.webhooks.rotate(webhook);
    const kept = JSON.stringify(await at.redis.hgetall(`${at.prefix}:webhook:${webhook.id}`));
    for (const secret of [webhook.secret, rotated ?? ""]) expect(kept).not.toContain(secret.slice("whsec_".length));
  });
});

describe("a delivery that fails", () => {
  it("is tried again, with the same id and a signature of that moment, until it arrives", async () => {
    const { id, secret } = await subscribe();
    await at.ended();
    await at.fanOut();
    receiver.answerWith(500);
    await at.deliverDue();
    expect(await at.deliverDue()).toBe(0);
    const [pending] = await at.logOf(id);
    expect(pending).toMatchObject({ status: "pending", attempts: [{ status: 500, error: expect.any(String) }] });
    expect(pending?.next_attempt_at).toBeGreaterThan(Date.now());
    receiver.answerWith(204);
    await at.letTimePass();
    await at.deliverDue();
    expect(new Set(idsOf(receiver.received)).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
    for (const each of receiver.received) expect(verified(secret, each)).toBeDefined();
    expect(await at.logOf(id)).toMatchObject([
      { status: "delivered", next_attempt_at: null, attempts: [{ status: 500 }, { status: 204, error: null }] },
    ]);
  });

  it("waits as long as Retry-After says", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    receiver.answerWith(503, { "retry-after": "3600" });
    const before = Date.now();
    await at.deliverDue();
    expect((await at.logOf(id))[0]?.next_attempt_at).toBeGreaterThanOrEqual(before + 3_600_000);
  });

  it("is given up after a day of tries, and the log says what happened each time", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    receiver.answerWith(500);
    for (let tries = 0; (await at.deliverDue()) > 0; tries += 1) {
      expect(tries).toBeLessThan(20);
      await at.letTimePass();
    }
    const [delivery] = await at.logOf(id);
    expect(delivery).toMatchObject({ status: "failed", next_attempt_at: null });
    expect(delivery?.attempts).toHaveLength(15);
  });

  it.each([
    ["nobody listens", "http://127.0.0.1:1024/", /ECONNREFUSED/],
    ["the address is not public", "http://127.0.0.2:8080/", /forbidden-url/],
    ["the name does not exist", "http://nowhere.invalid/", /ENOTFOUND|EAI_AGAIN/],
  ])("because %s says so, without addresses", async (_why, url, error) => {
    const { id } = await at.webhooks.add({ tenant: TENANT, url, events: WebhookEvent.options });
    await at.ended();
    await at.fanOut();
    await at.deliverDue();
    expect(await at.logOf(id)).toMatchObject([
      { status: "pending", attempts: [{ status: null, error: expect.stringMatching(error) }] },
    ]);
  });

  it("does not follow redirects", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    receiver.answerWith(307, { location: receiver.url });
    await at.deliverDue();
    expect(receiver.received).toHaveLength(1);
    expect(await at.logOf(id)).toMatchObject([{ attempts: [{ status: 307, error: "redirects are not followed" }] }]);
  });
});

describe("a slow receiver", () => {
  it("has eight tries at once; the others are postponed untried, and other receivers are told meanwhile", async () => {
    const slow = await startReceiver();
    const waiting: ServerResponse[] = [];
    slow.answerBy((response) => waiting.push(response));
    const { id } = await at.webhooks.add({ tenant: TENANT, url: slow.url, events: ["document.failed"] });
    const { id: quick } = await subscribe(["document.succeeded"]);
    for (let each = 0; each < 10; each += 1) await at.ended({ status: "failed" });
    await at.fanOut();
    const delivering = at.deliverDue();
    await vi.waitFor(() => expect(waiting).toHaveLength(8), { timeout: 20_000 });
    await at.ended();
    await at.fanOut();
    await at.deliverDue();
    expect(await at.logOf(quick)).toMatchObject([{ status: "delivered" }]);
    for (const response of waiting) response.writeHead(204).end();
    await delivering;
    const log = await at.logOf(id);
    expect(log.filter(({ status }) => status === "delivered")).toHaveLength(8);
    expect(log.filter(({ status, attempts }) => status === "pending" && attempts.length === 0)).toHaveLength(2);
    slow.answerWith(204);
    await at.letTimePass();
    await at.deliverDue();
    expect((await at.logOf(id)).every(({ status }) => status === "delivered")).toBe(true);
    await slow.close();
  });
});

describe("410", () => {
  it("disables the webhook: nothing more is sent, what was pending fails", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.ended();
    await at.fanOut();
    receiver.answerWith(410);
    const [first] = await at.deliveries.claim(1, 60_000);
    expect(first).toBeDefined();
    await at.letTimePass();
    await at.deliverDue();
    expect(await at.webhooks.find(TENANT, id)).toMatchObject({ enabled: false });
    await at.letTimePass();
    await at.deliverDue();
    const asked = receiver.received.length;
    await at.ended();
    await at.fanOut();
    await at.deliverDue();
    expect(receiver.received).toHaveLength(asked);
    expect((await at.logOf(id)).map(({ status }) => status)).toEqual(["failed", "failed"]);
  });
});

describe("a courier that dies", () => {
  it("leaves its delivery to another one after the lease, with the same id", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    expect(await at.deliveries.claim(100, 60_000)).toHaveLength(1);
    expect(await at.deliverDue()).toBe(0);
    await at.letTimePass();
    expect(await at.deliverDue()).toBe(1);
    expect(await at.logOf(id)).toMatchObject([{ status: "delivered" }]);
  });

  it("and comes late does not undo what another one has settled", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    const [late] = await at.logOf(id);
    await at.deliverDue();
    if (!late) throw new Error("there is no delivery");
    const attempt = { at: new Date().toISOString(), status: 500, error: "late" };
    await at.deliveries.settle(late, { attempt, status: "pending", nextAttemptAt: Date.now(), disable: false });
    expect(await at.deliverDue()).toBe(0);
    expect(await at.logOf(id)).toMatchObject([{ status: "delivered", attempts: [{ status: 204 }, { error: "late" }] }]);
  });
});

describe("replay", () => {
  it("delivers once more under the same id, and the log keeps both", async () => {
    const { id } = await subscribe();
    await at.ended();
    await at.fanOut();
    await at.deliverDue();
    const [delivery] = await at.logOf(id);
    expect(delivery && (await at.deliveries.replay(delivery.id))).toBe(true);
    await at.deliverDue();
    expect(idsOf(receiver.received)).toEqual([delivery?.event_id, delivery?.event_id]);
    expect(await at.logOf(id)).toMatchObject([{ status: "delivered", attempts: [{ status: 204 }, { status: 204 }] }]);
  });
});

describe("deleting a webhook", () => {
  it("ends its pending deliveries and leaves nothing in Redis", async () => {
    const webhook = await subscribe();
    await at.ended();
    await at.fanOut();
    await at.webhooks.remove(webhook);
    await at.deliverDue();
    expect(receiver.received).toEqual([]);
    const kept = await at.redis.keys(`${at.prefix}:*`);
    expect(kept.filter((key) => /webhook|deliver/.test(key))).toEqual([]);
  });
});
