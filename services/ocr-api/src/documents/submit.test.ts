import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { Document, type ProblemCode } from "@lectura/contracts";
import { createKeys, unsealPassword } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { formOf, PDF, PNG, startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  await api.workers.announce({
    worker: "w",
    engine: "tesseract",
    engine_version: "5",
    slots: 1,
    models: ["eng", "spa"].map((language) => ({ language, kind: "fast", sha256: language })),
  });
});
afterEach(() => api.close());

describe("a document is taken in", () => {
  it("raw: 202 with the document, where to find it, and when to come back", async () => {
    const answer = await api.submit({ payload: PNG, headers: { "content-type": "text/html" } });
    expect(answer.statusCode).toBe(202);
    const document = Document.parse(answer.json());
    expect(document).toMatchObject({
      status: "queued",
      reference: null,
      input: {
        filename: null,
        media_type: "image/png",
        bytes: PNG.length,
        sha256: createHash("sha256").update(PNG).digest("hex"),
      },
      options: {
        languages: ["spa", "eng"],
        pages: null,
        text_layer: "auto",
        preprocess: "auto",
        outputs: [],
        ttl: 86_400,
      },
      pages: { total: null, done: 0, failed: 0 },
      queue: { position: 1 },
      error: null,
      started_at: null,
      finished_at: null,
    });
    expect(Date.parse(document.expires_at) - Date.parse(document.created_at)).toBe(86_400_000);
    expect(answer.headers).toMatchObject({
      location: `/v1/documents/${document.id}`,
      "operation-location": `/v1/documents/${document.id}`,
      "retry-after": "1",
      "x-trace-id": expect.stringMatching(/^[0-9a-f]{32}$/),
      "x-request-id": expect.any(String),
    });
    expect(answer.headers).not.toHaveProperty("preference-applied");
    expect(await api.stored()).toEqual([`${TENANT}/${document.id}/input`]);
    expect(await api.storage.read(`${TENANT}/${document.id}/input`)).toEqual(PNG);
    expect(await api.producer.counts()).toMatchObject({ wait: 1 });
  });

  it("in languages to be found out", async () => {
    const document = Document.parse((await api.submit({ payload: PNG }, "?languages=auto")).json());
    expect(document.options.languages).toEqual(["auto"]);
  });

  it("with a password that is neither answered nor kept in clear anywhere", async () => {
    const answer = await api.submit(
      formOf([
        ["password", "contraseña"],
        ["file", PDF],
      ]),
    );
    expect(answer.statusCode).toBe(202);
    const { id } = Document.parse(answer.json());
    expect((await api.get(`/v1/documents/${id}`)).body).not.toContain("password");
    const record = await api.redis.hgetall(createKeys(api.prefix).record(id));
    expect(JSON.stringify(record)).not.toContain("contraseña");
    const key = await api.storage.read(`${TENANT}/${id}/password-key`);
    expect(unsealPassword(record["sealed_password"] ?? "", key ?? Buffer.alloc(0))).toBe("contraseña");
  });

  it("raw, with options in the query and a name in Content-Disposition", async () => {
    const query = "?languages=spa&pages=3,1-2&text_layer=ignore&preprocess=rotate,deskew&ttl=PT1H&reference=a%2F1";
    const answer = await api.submit(
      { payload: PDF, headers: { "content-disposition": 'attachment; filename="carta; \\"1\\".pdf"' } },
      query,
    );
    expect(answer.json()).toMatchObject({
      reference: "a/1",
      input: { filename: 'carta; "1".pdf', media_type: "application/pdf" },
      options: {
        languages: ["spa"],
        pages: "1-3",
        text_layer: "ignore",
        preprocess: ["rotate", "deskew"],
        outputs: [],
        ttl: 3600,
      },
    });
  });

  it.each([
    ["attachment; filename=carta.pdf", "carta.pdf"],
    [`attachment; filename="x.pdf"; filename*=UTF-8''carn%C3%A9.pdf`, "carné.pdf"],
    [`attachment; filename*=UTF-8'es'carn%C3%A9.pdf; filename="x.pdf"`, "carné.pdf"],
    [`attachment; filename*=UTF-8''%ZZ; filename="x.pdf"`, "x.pdf"],
    ["attachment; filename=../../tmp/evil.pdf", "evil.pdf"],
    [`attachment; filename*=UTF-8''..%5C..%5Ca%00b%0D%0A%E2%80%AEc.pdf`, "abc.pdf"],
    ["attachment; filename=..", null],
    ["inline", null],
  ])("Content-Disposition: %s names it %j", async (disposition, filename) => {
    const answer = await api.submit({ payload: PNG, headers: { "content-disposition": disposition } });
    expect(answer.json().input.filename).toBe(filename);
  });

  it.each([
    ["before", (options: [string, string][]) => formOf([...options, ["file", PNG, "año.png"]])],
    ["after", (options: [string, string][]) => formOf([["file", PNG, "año.png"], ...options])],
  ])("as a form with options %s the file", async (_, form) => {
    const answer = await api.submit(
      form([
        ["languages", "eng"],
        ["reference", "r-1"],
      ]),
    );
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      reference: "r-1",
      input: { filename: "año.png", media_type: "image/png", bytes: PNG.length },
      options: { languages: ["eng"] },
    });
  });

  it("languages that nobody can know yet are let through: no worker has ever been there", async () => {
    const fresh = await startOcrApi(process.env["REDIS_URL"]);
    expect((await fresh.submit({ payload: PNG }, "?languages=tlh")).statusCode).toBe(202);
    await fresh.close();
  });
});

describe("a submission is refused", () => {
  it.each<
    [status: number, code: ProblemCode, what: string, upload: Parameters<TestOcrApi["submit"]>[0], query?: string]
  >([
    [
      400,
      "malformed-request",
      "two files",
      formOf([
        ["file", PNG],
        ["file", PNG],
      ]),
    ],
    [400, "malformed-request", "no file", formOf([["languages", "spa"]])],
    [400, "malformed-request", "a file without a filename", formOf([["file", "text"]])],
    [400, "unknown-field", "a file under another name", formOf([["document", PNG]])],
    [
      400,
      "unknown-field",
      "an unknown option after the file",
      formOf([
        ["file", PNG],
        ["color", "red"],
      ]),
    ],
    [
      422,
      "invalid-option",
      "an option that is said twice in a form",
      formOf([
        ["pages", "1"],
        ["file", PNG],
        ["pages", "2"],
      ]),
    ],
    [
      422,
      "invalid-option",
      "an option that is said in query and form",
      formOf([
        ["pages", "1"],
        ["file", PNG],
      ]),
      "?pages=2",
    ],
    [422, "invalid-option", "an option that is said twice in a query", { payload: PNG }, "?pages=1&pages=2"],
    [400, "unknown-field", "an unknown query parameter", { payload: PNG }, "?color=red"],
    [422, "forbidden-url", "a callback to ourselves", { payload: PNG }, "?callback_url=http://127.0.0.1"],
    [
      400,
      "malformed-request",
      "a form without a boundary",
      { payload: PNG, headers: { "content-type": "multipart/form-data" } },
    ],
    [
      400,
      "malformed-request",
      "a form that is cut in the middle of the file",
      { ...formOf([["file", PNG]]), payload: formOf([["file", PNG]]).payload.subarray(0, -50) },
    ],
    [
      400,
      "malformed-request",
      "a form that is no form",
      { payload: PNG, headers: { "content-type": "multipart/form-data; boundary=x" } },
    ],
    [
      400,
      "malformed-request",
      "more fields than anybody needs",
      formOf([...Array.from({ length: 30 }, (_, index): [string, string] => [`a${index}`, "1"]), ["file", PNG]]),
    ],
    [422, "invalid-option", "a wrong value", { payload: PNG }, "?text_layer=maybe"],
    [422, "invalid-option", "a preparation that there is not", { payload: PNG }, "?preprocess=sharpen"],
    [
      422,
      "invalid-option",
      "a wrong value after the file",
      formOf([
        ["file", PNG],
        ["ttl", "P1Y"],
      ]),
    ],
    [422, "unknown-language", "a language that is not installed", { payload: PNG }, "?languages=spa%2Btlh"],
    [422, "empty-file", "an empty body", { payload: "" }],
    [422, "empty-file", "an empty file", formOf([["file", Buffer.alloc(0)]])],
    [415, "unsupported-media-type", "another kind of file", { payload: Buffer.from("PK\u0003\u0004 an archive") }],
    [
      415,
      "unsupported-media-type",
      "another kind of file in a form",
      formOf([["file", Buffer.from("PK\u0003\u0004")]]),
    ],
    [413, "file-too-large", "more bytes than allowed", { payload: Buffer.concat([PNG, Buffer.alloc(100_000)]) }],
    [
      413,
      "file-too-large",
      "more bytes than allowed in a form",
      formOf([["file", Buffer.concat([PNG, Buffer.alloc(1e6)])]]),
    ],
  ])("%i %s: %s; and nothing of it stays", async (status, code, _, upload, query) => {
    const before = await api.kept();
    const answer = await api.submit(upload, query);
    expect([answer.statusCode, answer.json().code], answer.body).toEqual([status, code]);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(await api.stored()).toEqual([]);
    expect(await api.kept()).toEqual(before);
  });

  it("naming every wrong option", async () => {
    const answer = await api.submit({ payload: PNG }, "?text_layer=maybe&ttl=0&languages=12");
    expect(
      answer
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .toSorted(),
    ).toEqual(["/languages/0", "/text_layer", "/ttl"]);
  });

  it("naming the languages that are installed, and the types that can be read", async () => {
    expect((await api.submit({ payload: PNG }, "?languages=tlh")).json().detail).toMatch(/tlh.*eng, spa/);
    const detail: string = (await api.submit({ payload: Buffer.from("PK\u0003\u0004 an archive") })).json().detail;
    expect(detail).toMatch(/application\/zip.*image\/png.*application\/pdf/);
  });

  it("without the scope to write, before anything is read", async () => {
    const headers = await api.bearer({ scopes: ["documents:read"] });
    const answer = await api.app.inject({ method: "POST", url: "/v1/documents", headers, payload: PNG });
    expect([answer.statusCode, answer.json().code]).toEqual([403, "insufficient-scope"]);
  });

  it("a client that leaves in the middle leaves nothing behind", async () => {
    await api.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = new URL(api.app.listeningOrigin);
    const before = await api.kept();
    const END = "\r\n--lectura-test-boundary--\r\n";
    const { authorization } = await api.bearer();
    for (const [type, start] of [
      ["image/png", PNG],
      ["multipart/form-data; boundary=lectura-test-boundary", formOf([["file", PNG]]).payload.subarray(0, -END.length)],
    ] as const) {
      const socket = connect(Number(port), "127.0.0.1");
      socket.write(
        `POST /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: ${type}\r\ncontent-length: 90000\r\n\r\n`,
      );
      socket.write(Buffer.concat([start, Buffer.alloc(20_000)]));
      await vi.waitFor(async () => expect(await api.kept()).not.toEqual(before));
      socket.destroy();
      await once(socket, "close");
      await vi.waitFor(async () => expect(await api.kept()).toEqual(before));
      expect(await api.stored()).toEqual([]);
    }
  });
});

const submitWaiting = async (prefer: string) => api.submit({ payload: PNG, headers: { prefer } });
const finishNext = async (): Promise<void> => {
  const waiting = await vi.waitFor(async () => {
    const [id] = await api.redis.zrange(`${api.prefix}:documents:waiting`, 0, "0");
    expect(id).toBeDefined();
    return Document.shape.id.parse(id);
  });
  await api.finish(waiting);
};

describe("Prefer: wait", () => {
  it("answers 200 with the finished document as soon as it is final", async () => {
    const [answer] = await Promise.all([submitWaiting("wait=60"), finishNext()]);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: "succeeded", queue: null, confidence: 90 });
    expect(answer.headers).toMatchObject({
      "preference-applied": "wait=60",
      location: `/v1/documents/${answer.json().id}`,
    });
    expect(answer.headers).not.toHaveProperty("retry-after");
  });

  it("answers 202 when the time is over", async () => {
    const answer = await submitWaiting("respond-async, wait=1");
    expect(answer.statusCode).toBe(202);
    expect(answer.headers).toMatchObject({ "preference-applied": "wait=1", "retry-after": "1" });
  });

  it("does not wait when it is zero, and pulls too long a wait into its range", async () => {
    expect((await submitWaiting("wait=0")).headers["preference-applied"]).toBe("wait=0");
    const [answer] = await Promise.all([submitWaiting("wait=99999999999"), finishNext().then(finishNext)]);
    expect(answer.headers["preference-applied"]).toBe("wait=60");
  });
});
