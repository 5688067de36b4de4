import { DocumentEvent, type DocumentId, type Failure } from "@lectura/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OTHER_TENANT, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";
import { createEventStream } from "./events.ts";
import { createFind } from "./find.ts";

let api: TestOcrApi;
let id: DocumentId;
let path: string;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  const document = await api.submitted();
  ({ id } = document);
  path = document.links.events;
});
afterEach(() => api.close());

const failure: Failure = { code: "page-timeout", title: "t", detail: "d", retryable: false };
const job = () => ({ document: id, attempt: 1 });
const settle = async (number: number, failure: Failure | null = null) =>
  api.documents.settlePage(job(), { number, failure, milliseconds: 1 });
const plan = async (pages: number) => {
  await api.documents.start(job());
  await api.documents.plan(job(), { sourcePages: pages, selected: pages, window: pages });
};
const finish = async () => api.documents.finish(job(), { status: "partial", finished_at: Date.now() });
const expire = async () => api.documents.bury({ id, tenant: TENANT, reference: null }, "expired");
/** Three pages, one of which fails: seven events. */
const live = async () => {
  await plan(3);
  await settle(2);
  await settle(1, failure);
  await settle(3);
  await finish();
};

interface Frame {
  id: number;
  event: string;
  data: DocumentEvent;
}
const parse = (text: string): Frame[] =>
  text
    .split("\n\n")
    .filter((frame) => frame.startsWith("id: "))
    .map((frame) => {
      const { id, event, data } = Object.fromEntries(frame.split("\n").map((line) => line.split(/: (.*)/s)));
      return { id: Number(id), event: String(event), data: DocumentEvent.parse(JSON.parse(String(data))) };
    });

/** Reads a stream over a real connection; `enough` breaks it off. */
const follow = async (at: TestOcrApi, last: number, enough: (frames: Frame[]) => boolean): Promise<Frame[]> => {
  const left = new AbortController();
  const headers = { ...(await at.bearer()), ...(last > 0 && { "last-event-id": String(last) }) };
  const answer = await fetch(`${at.app.listeningOrigin}${path}`, { headers, signal: left.signal });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (enough(parse(text))) break;
  }
  left.abort();
  return parse(text);
};

const NAMES = [
  "document.processing",
  "document.progress",
  "page.succeeded",
  "page.failed",
  "page.succeeded",
  "document.partial",
];

describe("the events of a document", () => {
  it("are its whole life in order, numbered from 1, and then the stream ends", async () => {
    await live();
    const answer = await api.get(path);
    expect(answer.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" });
    expect(answer.body.startsWith("retry: 1000\n")).toBe(true);
    const frames = parse(answer.body);
    expect(frames.map(({ event }) => event)).toEqual(NAMES);
    expect(frames.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frames.every(({ event, data }) => data.type === event && data.document_id === id)).toBe(true);
    expect(frames.map(({ data }) => data.page)).toEqual([null, null, 2, 1, 3, null]);
    expect(frames[0]?.data).toMatchObject({ status: "processing", pages: { total: null, done: 0, failed: 0 } });
    expect(frames[3]?.data).toMatchObject({ error: failure, pages: { total: 3, done: 1, failed: 1 } });
    expect(frames[5]?.data).toMatchObject({ status: "partial", error: null, pages: { total: 3, done: 2, failed: 1 } });
  });

  it("go on after the one a client has seen", async () => {
    await live();
    const answer = await api.get(path, { "last-event-id": "4" });
    expect(parse(answer.body).map(({ id }) => id)).toEqual([5, 6]);
  });

  it.each(["99", "0", "-1", "abc", "4-0", ""])("are all told again to who has seen %j, which is none", async (last) => {
    await live();
    expect(parse((await api.get(path, { "last-event-id": last })).body)).toHaveLength(6);
  });

  it("are over for who has seen the last one: 204, which ends an EventSource", async () => {
    await live();
    const answer = await api.get(path, { "last-event-id": "6" });
    expect([answer.statusCode, answer.body]).toEqual([204, ""]);
  });

  it("reach a client each exactly once, also when it goes from replica to replica in the middle", async () => {
    const other = await startOcrApi(process.env["REDIS_URL"], { prefix: api.prefix });
    for (const { app } of [api, other]) await app.listen({ host: "127.0.0.1", port: 0 });
    const pages = Array.from({ length: 40 }, (_, index) => index + 1);
    const working = (async () => {
      await plan(pages.length);
      await Promise.all(pages.map(async (page) => settle(page)));
      await finish();
    })();
    const seen: Frame[] = [];
    for (let turn = 0; seen.at(-1)?.event !== "document.partial"; turn += 1) {
      const enough = (frames: Frame[]) => frames.length >= 5;
      seen.push(...(await follow(turn % 2 ? api : other, seen.at(-1)?.id ?? 0, enough)));
    }
    await working;
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 43 }, (_, index) => index + 1));
    expect(seen.flatMap(({ data }) => data.page ?? []).toSorted((a, b) => a - b)).toEqual(pages);
    await other.close();
  });

  it("come while they happen", async () => {
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const first = follow(api, 0, (frames) => frames.length > 0);
    await api.documents.start(job());
    expect((await first).map(({ event }) => event)).toEqual(["document.processing"]);
  });

  it.each([
    ["expired", expire, "document.expired"],
    ["deleted", async () => api.remove(id), "document.progress"],
  ])("of one that is %s meanwhile end", async (_, end, last) => {
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    await plan(1);
    const listening = Promise.withResolvers<void>();
    const following = follow(api, 0, (frames) => {
      if (frames.length === 2) listening.resolve();
      return false;
    });
    await listening.promise;
    await end();
    expect((await following).at(-1)?.event).toBe(last);
  });

  it("are nobody else's, and gone with the document", async () => {
    const stranger = await api.get(path, await api.bearer({ tenant: OTHER_TENANT }));
    expect(stranger.statusCode).toBe(404);
    await api.remove(id);
    expect((await api.get(path)).statusCode).toBe(410);
    expect((await api.kept()).filter((name) => name.startsWith("document:") && name !== `document:${id}`)).toEqual([]);
  });

  it("have headers before there is one, and nothing more for HEAD", async () => {
    const answer = await api.app.inject({ method: "HEAD", url: path, headers: await api.bearer() });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/event-stream"]);
  });
});

describe("a silent stream", () => {
  it("shows that it lives, and ends when the service closes", async () => {
    const { documents, changes } = api;
    const closing = new AbortController();
    const find = createFind({ documents });
    const events = createEventStream({ documents, find, changes, closing: closing.signal, heartbeatMs: 5 });
    const stream = await events(TENANT, await find(TENANT, id), undefined, new AbortController().signal);
    expect((await stream?.next())?.value).toBe("retry: 1000\n\n");
    expect((await stream?.next())?.value).toMatch(/^: /);
    closing.abort();
    for await (const each of stream ?? []) expect(each).toMatch(/^: /);
  });
});
