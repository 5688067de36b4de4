import { Document } from "@lectura/contracts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { formOf, OTHER_TENANT, PDF, PNG, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
});
afterEach(() => api.close());

const headers = { "idempotency-key": "order-7" };
const submit = async (payload: Buffer = PNG, query = "") => api.submit({ payload, headers }, query);
const count = async (): Promise<number> => (await api.documents.list(TENANT, { limit: 100 })).items.length;
const held = { tenant: TENANT, key: "order-7", holder: "somebody else" };
const keyOf = async (): Promise<string> => {
  const [key] = await api.redis.keys(`${api.prefix}:idempotency:${TENANT}:*`);
  if (!key) throw new Error("no key is held");
  return key;
};

describe("a call with an Idempotency-Key", () => {
  it("makes one document, however often it is repeated, also two hundred times at once", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, async () => submit()));
    const accepted = answers.filter(({ statusCode }) => statusCode === 202);
    const refused = answers.filter(({ statusCode }) => statusCode !== 202);
    expect(accepted.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([answer.statusCode, answer.json().code]).toEqual([409, "request-in-progress"]);
      expect(answer.headers["retry-after"]).toBe("1");
    }
    const again = await submit();
    expect(new Set([...accepted, again].map((answer) => answer.json().id)).size).toBe(1);
    expect(accepted.filter(({ headers }) => !("idempotency-replayed" in headers))).toHaveLength(1);
    expect(again.headers).toMatchObject({ "idempotency-replayed": "true", location: again.json().links.self });
    expect(await count()).toBe(1);
    expect(await api.producer.counts()).toMatchObject({ wait: 1 });
    expect(await api.stored()).toEqual([`${TENANT}/${again.json().id}/input`]);
  });

  it("shows the document as it is now", async () => {
    const first = Document.parse((await submit()).json());
    await api.finish(first.id);
    const again = await api.submit({ payload: PNG, headers: { ...headers, prefer: "wait=5" } });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ id: first.id, status: "succeeded" });
  });

  it("is the same in another framing, under another file name, and with its options elsewhere", async () => {
    const first = await submit(PNG, "?languages=spa&reference=r");
    const form = formOf([
      ["reference", "r"],
      ["file", PNG, "other.png"],
      ["languages", "spa"],
    ]);
    const again = await api.submit({ payload: form.payload, headers: { ...form.headers, ...headers } });
    expect(again.json().id).toBe(first.json().id);
    expect(again.headers["idempotency-replayed"]).toBe("true");
  });

  it.each([
    ["another file", PDF, ""],
    ["other options", PNG, "?languages=eng"],
    ["another reference", PNG, "?reference=other"],
  ])("is refused with %s, and nothing of that stays", async (_, payload, query) => {
    await submit();
    const stored = await api.stored();
    const answer = await submit(payload, query);
    expect([answer.statusCode, answer.json().code]).toEqual([422, "idempotency-key-reused"]);
    expect([await api.stored(), await count()]).toEqual([stored, 1]);
  });

  it("says 410 once its document is deleted", async () => {
    const first = await submit();
    await api.remove(first.json().id);
    const answer = await submit();
    expect([answer.statusCode, answer.json().code]).toEqual([410, "document-deleted"]);
  });

  it("is another one for another tenant", async () => {
    const first = await submit();
    const other = await api.submit({
      payload: PNG,
      headers: { ...headers, ...(await api.bearer({ tenant: OTHER_TENANT })) },
    });
    expect(other.statusCode).toBe(202);
    expect(other.json().id).not.toBe(first.json().id);
  });

  it.each(["", "a b", "ñ", "x".repeat(256)])("%j is refused as malformed", async (key) => {
    const answer = await api.submit({ payload: PNG, headers: { "idempotency-key": key } });
    expect([answer.statusCode, answer.json().code]).toEqual([400, "malformed-request"]);
  });

  it("lasts for a day", async () => {
    await submit();
    const left = await api.redis.pttl(await keyOf());
    expect(left).toBeGreaterThan(86_300_000);
    expect(left).toBeLessThanOrEqual(86_400_000);
  });
});

describe("a key", () => {
  it("is free again after a call that was refused", async () => {
    expect((await submit(Buffer.from("no document"))).statusCode).toBe(415);
    expect((await submit(PNG, "?text_layer=maybe")).statusCode).toBe(422);
    expect((await submit()).statusCode).toBe(202);
  });

  it("is free again some seconds after its holder has died", async () => {
    await api.documents.claimKey(held);
    expect((await submit()).json().code).toBe("request-in-progress");
    expect(await api.redis.pttl(await keyOf())).toBeLessThanOrEqual(10_000);
    // What the time would do.
    await api.redis.pexpire(await keyOf(), 1);
    await vi.waitFor(async () => expect((await submit()).statusCode).toBe(202));
    expect(await count()).toBe(1);
  });

  it("that another request took while its holder stood still makes no second document", async () => {
    const put = api.storage.put.bind(api.storage);
    vi.spyOn(api.storage, "put").mockImplementationOnce(async (key, body) => {
      const stored = await put(key, body);
      await api.redis.del(await keyOf());
      await api.documents.claimKey(held);
      return stored;
    });
    const answer = await submit();
    expect([answer.statusCode, answer.json().code]).toEqual([409, "request-in-progress"]);
    expect(await count()).toBe(0);
    expect(await api.stored()).toEqual([]);
    expect(await api.documents.claimKey(held)).toEqual({ state: "held" });
  });
});
