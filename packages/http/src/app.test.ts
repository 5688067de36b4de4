import { Problem, ProblemError, problems, type Route } from "@lectura/contracts";
import { createLogger, type Dependency } from "@lectura/runtime";
import { createMetrics, type Registry } from "@lectura/telemetry";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createApp } from "./app.ts";
import { serve } from "./serve.ts";

const thing = {
  method: "GET",
  path: "/v1/things/:id",
  owner: "ocr-api",
  access: "public",
  summary: "Read a thing",
  params: z.object({ id: z.string() }),
  query: z.strictObject({ size: z.coerce.number().max(10).default(1), colour: z.enum(["red", "blue"]).optional() }),
  answers: { 200: { description: "the thing" } },
} satisfies Route;

const outage = () => Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:6379"), { code: "ECONNREFUSED" });
const failures: Record<string, () => unknown> = {
  mistake: () => new TypeError("secret.internals is undefined"),
  outage,
  wrapped: () => new Error("cannot read the record", { cause: outage() }),
  problem: () => new ProblemError("document-not-finished", "Wait.", { headers: { "retry-after": "7" } }),
  busy: () => new ProblemError("overloaded", "Too much.", { headers: { "retry-after": "30" } }),
  text: () => "only a text",
};

const dependencies: Dependency[] = [];
let app: FastifyInstance;
let metrics: Registry;

beforeEach(async () => {
  dependencies.length = 0;
  metrics = createMetrics("tiny");
  app = createApp({ service: "tiny", log: createLogger({ service: "tiny", level: "fatal" }), metrics, dependencies });
  serve(app, thing, ({ params, query }) => {
    if (params.id === "missing") throw new ProblemError("not-found", "There is no such thing.");
    return { id: params.id, ...query() };
  });
  app.delete("/v1/things/:id", async (_request, reply) => reply.code(204).send());
  app.post("/v1/things", (request, reply) => reply.send({ got: request.body }));
  app.get("/fail/:how", (request) => {
    throw failures[z.object({ how: z.string() }).parse(request.params).how]?.();
  });
});
afterEach(() => app.close());

/** An answer that must be a problem document, taken apart. */
const problemOf = async (call: InjectOptions) => {
  const { statusCode, headers, body } = await app.inject(call);
  expect(headers["content-type"]).toBe("application/problem+json");
  const problem = Problem.parse(JSON.parse(body));
  expect(problem).toMatchObject({
    status: statusCode,
    type: `/problems/${problem.code}`,
    trace_id: headers["x-trace-id"],
  });
  return { ...problem, headers };
};

describe("a call that is refused", () => {
  test("for its path is 404, without its query in the answer", async () => {
    expect(await problemOf({ url: "/v1/nothing?token=secret" })).toMatchObject({
      code: "not-found",
      instance: "/v1/nothing",
      detail: "Nothing is at /v1/nothing",
      title: problems["not-found"].title,
      retryable: false,
    });
  });

  test.each([
    ["PUT", "/v1/things/1", "DELETE, GET, HEAD"],
    ["DELETE", "/v1/things", "POST"],
    ["HEAD", "/v1/things", "POST"],
    ["POST", "/livez", "GET, HEAD"],
  ] as const)("for its method is 405 with the methods there are: %s %s", async (method, url, allow) => {
    const { statusCode, headers } = await app.inject({ method, url });
    expect([statusCode, headers["allow"]]).toEqual([405, allow]);
    if (method !== "HEAD") expect((await problemOf({ method, url })).code).toBe("method-not-allowed");
  });

  test.each([
    ["JSON that is none", { "content-type": "application/json" }, "{"],
    ["a type that nobody reads", { "content-type": "image/x-odd" }, "x"],
    ["more than is read", { "content-type": "application/json" }, " ".repeat(2 ** 21)],
  ])("for its path or method says so whatever its body is: %s", async (_, headers, payload) => {
    const nowhere = await problemOf({ method: "POST", url: "/v1/nothing", headers, payload });
    expect([nowhere.status, nowhere.code]).toEqual([404, "not-found"]);
    const wrong = await problemOf({ method: "PUT", url: "/v1/things", headers, payload });
    expect([wrong.status, wrong.code, wrong.headers["allow"]]).toEqual([405, "method-not-allowed", "POST"]);
  });

  test("for its path or method says so for a method that came after HTTP/1.1, too", async () => {
    expect(await problemOf({ method: "QUERY", url: "/v1/nothing" })).toMatchObject({ status: 404 });
    expect(await problemOf({ method: "QUERY", url: "/v1/things" })).toMatchObject({ status: 405 });
  });

  test("for a path that only begins or ends like a known one is 404", async () => {
    for (const url of ["/v1/things/1/more", "/x/v1/things", "/v1/things/", "/livezz", "/v1-things"])
      expect(await problemOf({ method: "PUT", url })).toMatchObject({ status: 404 });
  });

  test.each(["{", "", '{"a":1}}', "nonsense"])("for JSON that is none (%j) is 400", async (payload) => {
    const headers = { "content-type": "application/json" };
    expect(await problemOf({ method: "POST", url: "/v1/things", headers, payload })).toMatchObject({
      status: 400,
      code: "malformed-request",
    });
  });

  test("for a body of a type nobody reads is 415, and for one too large 413", async () => {
    const call = { method: "POST", url: "/v1/things" } as const;
    expect(await problemOf({ ...call, headers: { "content-type": "image/x-odd" }, payload: "x" })).toMatchObject({
      status: 415,
      code: "unsupported-media-type",
    });
    const payload = JSON.stringify("x".repeat(2 ** 20));
    expect(await problemOf({ ...call, headers: { "content-type": "application/json" }, payload })).toMatchObject({
      status: 413,
      code: "file-too-large",
    });
  });

  test("for query parameters it does not know is 400 and names them all", async () => {
    expect(await problemOf({ url: "/v1/things/1?sise=3&color=red&size=99" })).toMatchObject({
      status: 400,
      code: "unknown-field",
      detail: "not known: sise, color",
    });
  });

  test("for wrong values is 422 and names each with what is wrong", async () => {
    const { status, code, detail, errors } = await problemOf({ url: "/v1/things/1?size=11&colour=green" });
    expect([status, code]).toEqual([422, "invalid-option"]);
    expect(errors?.map(({ pointer }) => pointer)).toEqual(["/size", "/colour"]);
    expect(detail).toBe(errors?.map((each) => `${each.pointer.slice(1)}: ${each.detail}`).join("; "));
  });

  test("for a missing thing is 404 whatever its query says", async () => {
    expect(await problemOf({ url: "/v1/things/missing?sise=3" })).toMatchObject({ status: 404 });
  });

  test("for a path that is no URL is 400", async () => {
    expect(await problemOf({ url: "/v1/things/%zz?token=secret" })).toMatchObject({
      status: 400,
      code: "malformed-request",
      instance: "/v1/things/%zz",
    });
  });

  test("for an id longer than any is 404", async () => {
    expect(await problemOf({ url: `/v1/things/${"x".repeat(300)}` })).toMatchObject({ status: 404, code: "not-found" });
  });
});

describe("a call that fails", () => {
  test("by a mistake of ours is 500 and does not say which", async () => {
    const { body } = await app.inject("/fail/mistake");
    expect(body).not.toContain("secret");
    expect(await problemOf({ url: "/fail/mistake" })).toMatchObject({
      status: 500,
      code: "internal",
      detail: "The fault is in the platform and has been logged.",
      retryable: true,
    });
    expect(await problemOf({ url: "/fail/text" })).toMatchObject({ status: 500, code: "internal" });
  });

  test.each(["outage", "wrapped"])("because something is away (%s) is 503 with a time to come back", async (how) => {
    const { status, code, detail, headers } = await problemOf({ url: `/fail/${how}` });
    expect([status, code, headers["retry-after"]]).toEqual([503, "dependency-unavailable", "1"]);
    expect(detail).not.toContain("10.0.0.7");
  });

  test("by an expected problem carries its detail and headers", async () => {
    const { status, detail, headers } = await problemOf({ url: "/fail/problem" });
    expect([status, detail, headers["retry-after"]]).toEqual([409, "Wait.", "7"]);
    expect((await problemOf({ url: "/fail/busy" })).headers["retry-after"]).toBe("30");
  });
});

describe("every answer", () => {
  const urls = ["/v1/things/1", "/v1/nothing", "/fail/mistake", "/livez", "/v1/things/%zz"];

  test.each(urls)("of %s carries a trace id and a request id", async (url) => {
    const { headers } = await app.inject(url);
    expect(headers["x-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(["abc-123", "a", "01HZX:1.2=3_4", "x".repeat(128)])("takes over a sane request id: %s", async (given) => {
    for (const url of urls)
      expect((await app.inject({ url, headers: { "x-request-id": given } })).headers["x-request-id"]).toBe(given);
  });

  test.each(["", "with space", "a\tb", "<script>", "ä", "x".repeat(129), "a,b"])(
    "replaces a request id that is not sane: %j",
    async (given) => {
      const { headers } = await app.inject({ url: "/livez", headers: { "x-request-id": given } });
      expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test("to HEAD is the answer to GET without its body", async () => {
    for (const url of ["/v1/things/1", "/startupz", "/livez", "/readyz", "/version"]) {
      const [head, get] = [await app.inject({ method: "HEAD", url }), await app.inject(url)];
      expect([head.statusCode, head.body]).toEqual([200, ""]);
      expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
    }
  });

  test("is measured by its route, never by its URL", async () => {
    await app.inject("/v1/things/1?size=2");
    await app.inject("/v1/things/2");
    await app.inject("/v1/nothing");
    const counts = (await metrics.metrics())
      .split("\n")
      .filter((line) => line.startsWith("http_server_request_duration_seconds_count"));
    expect(counts).toEqual([
      expect.stringContaining('method="GET",route="/v1/things/:id",status="200"} 2'),
      expect.stringContaining('method="GET",route="unknown",status="404"} 1'),
    ]);
  });
});

describe("health", () => {
  test("has started, is alive and says what runs, without asking anybody", async () => {
    dependencies.push({ name: "redis", check: () => Promise.reject(new Error("asked")) });
    expect((await app.inject("/startupz")).json()).toEqual({ status: "ok" });
    expect((await app.inject("/livez")).json()).toEqual({ status: "ok" });
    expect((await app.inject("/version")).json()).toEqual({
      service: "tiny",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      node: process.versions.node,
    });
  });

  test("is ready while everything answers, else 503 with the names of what does not", async () => {
    expect((await app.inject("/readyz")).json()).toEqual({ status: "ok", unavailable: [] });
    dependencies.push(
      { name: "redis", check: () => Promise.reject(new Error("gone")) },
      { name: "storage", check: () => Promise.resolve() },
    );
    const answer = await app.inject("/readyz");
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: "unavailable", unavailable: ["redis"] }]);
  });
});
