import { type Document, ResultFormat, resultFormats } from "@lectura/contracts";
import { storageKeys } from "@lectura/documents";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startOcrApi, TENANT, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

const STORED = {
  json: '{"document":{}}',
  text: "hola\n",
  markdown: "# hola\n",
  hocr: "<html></html>",
  alto: "<alto/>",
  tsv: "level\n",
  pdf: "%PDF-1.7 0123456789",
};
const FORMATS = ResultFormat.options;

let api: TestOcrApi;
let document: Document;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
  document = await api.submitted("?pages=1-2");
});
afterEach(() => api.close());

const keys = () => storageKeys(TENANT, document.id);
const keyOf = (format: ResultFormat) =>
  format === "json" || format === "text" ? keys().result(format) : keys().made(format, 1);
const job = () => ({ document: document.id, attempt: 1 });
const result = async (query = "", headers: Record<string, string> = {}) =>
  api.get(`${document.links.result}${query}`, headers);
const page = async (number: string, headers: Record<string, string> = {}) =>
  api.get(`${document.links.self}/pages/${number}`, headers);

/** Two of three pages are selected; the first is done. */
const work = async (): Promise<void> => {
  await api.documents.start(job());
  await api.documents.plan(job(), { sourcePages: 3, selected: 2, window: 2 });
  await api.storage.put(keys().page(1), '{"number":1}');
  await api.documents.settlePage(job(), { number: 1, failure: null, milliseconds: 1 });
};
const succeed = async (status: "succeeded" | "partial" = "succeeded"): Promise<void> => {
  for (const format of FORMATS) await api.storage.put(keyOf(format), STORED[format]);
  await api.finish(document.id, status);
};

describe("GET …/result", () => {
  it.each([
    ["json, when nothing is asked for", "", {}, "json"],
    ["json, to who takes anything", "", { accept: "*/*" }, "json"],
    ["by Accept", "", { accept: "text/plain" }, "text"],
    ["by the best of Accept", "", { accept: "application/json;q=0.5, text/html" }, "hocr"],
    ["by format=", "?format=hocr", {}, "hocr"],
    ["as Markdown", "", { accept: "text/markdown" }, "markdown"],
    ["as ALTO", "", { accept: "application/xml" }, "alto"],
    ["as TSV", "?format=tsv", {}, "tsv"],
    ["as PDF", "", { accept: "application/pdf" }, "pdf"],
    ["by format=, which beats Accept", "?format=text", { accept: "application/json" }, "text"],
  ] as const)("is served %s", async (_, query, headers, format) => {
    await succeed();
    const answer = await result(query, headers);
    expect([answer.statusCode, answer.body]).toEqual([200, STORED[format]]);
    expect(answer.headers["content-type"]).toBe(resultFormats[format]);
    expect(answer.headers["content-length"]).toBe(String(STORED[format].length));
  });

  it.each([
    ["?format=docx", {}],
    ["?format=", {}],
    ["", { accept: "image/png" }],
  ])("%s with %j is 406 and names what there is", async (query, headers) => {
    await succeed();
    const answer = await result(query, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([406, "not-acceptable"]);
    expect(answer.json().detail).toMatch(/json, text, markdown, hocr, alto, tsv, pdf/);
  });

  it("has a strong ETag of its own in each format, and 304 to who knows it", async () => {
    await succeed();
    const etags = await Promise.all(
      FORMATS.map(async (format) => String((await result(`?format=${format}`)).headers.etag)),
    );
    expect(new Set(etags).size).toBe(FORMATS.length);
    for (const etag of etags) expect(etag).toMatch(/^"/);
    const again = await result("?format=text", { "if-none-match": String(etags[1]) });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
    expect((await result("?format=text", { "if-none-match": String(etags[0]) })).statusCode).toBe(200);
  });

  it("answers HEAD with the length and without the body", async () => {
    await succeed();
    const { authorization } = await api.bearer();
    const answer = await api.app.inject({ method: "HEAD", url: document.links.result, headers: { authorization } });
    expect([answer.statusCode, answer.body]).toEqual([200, ""]);
    expect(answer.headers["content-length"]).toBe(String(STORED.json.length));
  });

  it("is there for a document of which some pages have failed", async () => {
    await succeed("partial");
    expect((await result()).statusCode).toBe(200);
  });

  it("of a document that is not finished is 409 with Retry-After, of whatever format that exists", async () => {
    for (const prepare of [async () => {}, work]) {
      await prepare();
      const answer = await result("?format=text");
      expect([answer.statusCode, answer.json().code]).toEqual([409, "document-not-finished"]);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    }
    expect((await result("?format=docx")).statusCode).toBe(406);
  });

  it("in part is 206 for a pdf, and 416 beyond its end; other formats come whole", async () => {
    await succeed();
    const part = await result("?format=pdf", { range: "bytes=0-7" });
    expect([part.statusCode, part.body, part.headers["content-range"]]).toEqual([206, "%PDF-1.7", "bytes 0-7/19"]);
    expect((await result("?format=pdf")).headers["accept-ranges"]).toBe("bytes");
    const beyond = await result("?format=pdf", { range: "bytes=19-" });
    expect([beyond.statusCode, beyond.json().code]).toEqual([416, "range-not-satisfiable"]);
    expect(beyond.headers["content-range"]).toBe("bytes */19");
    expect((await result("?format=text", { range: "bytes=0-1" })).statusCode).toBe(200);
  });

  it("in part comes whole to who has the rest of something else", async () => {
    await succeed();
    const etag = String((await result("?format=pdf")).headers.etag);
    const partOf = async (known: string) =>
      (await result("?format=pdf", { range: "bytes=0-0", "if-range": known })).statusCode;
    expect([await partOf(etag), await partOf('"another"')]).toEqual([206, 200]);
  });

  it("in a format that is not stored yet is ordered once and awaited by all who ask", async () => {
    await api.finish(document.id);
    const asking = [result("?format=alto"), result("?format=alto")];
    await vi.waitFor(async () => expect(await api.producer.counts()).toMatchObject({ wait: 2 }));
    await api.storage.put(keys().made("alto", 1), STORED.alto);
    await api.documents.announce(document.id);
    expect((await Promise.all(asking)).map(({ statusCode, body }) => [statusCode, body])).toEqual([
      [200, STORED.alto],
      [200, STORED.alto],
    ]);
  });

  it("that takes longer to be made than a call is kept waiting is 409 with Retry-After", async () => {
    await api.finish(document.id);
    const answer = await result("?format=pdf");
    expect([answer.statusCode, answer.json().code]).toEqual([409, "document-not-finished"]);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  });

  it("that cannot be made is 409 and says why", async () => {
    await api.finish(document.id);
    const key = keys().made("pdf", 1);
    const failure = { code: "password-protected", title: "t", detail: "Remove the password.", retryable: false };
    await api.storage.put(keys().failure(key), JSON.stringify(failure));
    const answer = await result("?format=pdf");
    expect([answer.statusCode, answer.json().code]).toEqual([409, "no-result"]);
    expect(answer.json().detail).toBe("password-protected: Remove the password.");
  });

  it("of a document that has failed is 409 and repeats its error", async () => {
    await api.documents.start(job());
    const error = { code: "password-protected", title: "t", detail: "Remove the password.", retryable: false } as const;
    await api.documents.finish(job(), { status: "failed", finished_at: Date.now(), error });
    const answer = await result();
    expect([answer.statusCode, answer.json().code]).toEqual([409, "no-result"]);
    expect(answer.json().detail).toMatch(/password-protected.*Remove the password/);
    expect((await page("1")).json().code).toBe("no-result");
  });

  it("needs the scope to read", async () => {
    const headers = await api.bearer({ scopes: ["documents:write"] });
    expect((await api.app.inject({ url: document.links.result, headers })).statusCode).toBe(403);
  });
});

describe("GET …/pages/{n}", () => {
  it("is there as soon as the page is done, while others still run", async () => {
    expect([(await page("1")).statusCode, (await page("1")).json().code]).toEqual([409, "document-not-finished"]);
    await work();
    const answer = await page("1");
    expect([answer.statusCode, answer.json()]).toEqual([200, { number: 1 }]);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    const other = await page("2");
    expect([other.statusCode, other.json().code]).toEqual([409, "document-not-finished"]);
    expect(Number(other.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect((await page("1", { "if-none-match": String(answer.headers.etag) })).statusCode).toBe(304);
  });

  it.each(["3", "4", "0", "-1", "1.5", "one", "99999999"])("%s is 404: no page, or not selected", async (number) => {
    await work();
    const answer = await page(number);
    expect([answer.statusCode, answer.json().code]).toEqual([404, "not-found"]);
  });
});

const image = async (number: string) => page(`${number}/image`);

describe("GET …/pages/{n}/image", () => {
  const done = { number: 1, error: null };

  it("is drawn when it is asked for first, while others still run, and is then there", async () => {
    await work();
    await api.storage.put(keys().page(1), JSON.stringify(done));
    const asking = image("1");
    // The document's own job, and the one for the image.
    await vi.waitFor(async () => expect(await api.producer.counts()).toMatchObject({ wait: 2 }));
    await api.storage.put(keys().image(1, 1), "\u0089PNG");
    await api.documents.announce(document.id);
    const answer = await asking;
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "image/png"]);
    const headers = { "if-none-match": String(answer.headers.etag) };
    expect((await page("1/image", headers)).statusCode).toBe(304);
    expect(answer.headers.etag).not.toBe((await page("1")).headers.etag);
  });

  it("of a page that is not done is 409, of one that is not selected 404", async () => {
    await work();
    expect([(await image("2")).statusCode, (await image("2")).json().code]).toEqual([409, "document-not-finished"]);
    expect((await image("3")).statusCode).toBe(404);
  });

  it("of a page that could not be read is 409 and says why", async () => {
    await work();
    const error = { code: "page-timeout", title: "t", detail: "It took 120 s.", retryable: false };
    await api.storage.put(keys().page(1), JSON.stringify({ ...done, error }));
    const answer = await image("1");
    expect([answer.statusCode, answer.json().code]).toEqual([409, "no-result"]);
    expect(answer.json().detail).toBe("page-timeout: It took 120 s.");
  });

  it("goes with the document", async () => {
    await work();
    await api.storage.put(keys().image(1, 1), "\u0089PNG");
    await api.remove(document.id);
    expect((await api.stored()).filter((key) => key.includes(document.id))).toEqual([]);
    expect((await image("1")).statusCode).toBe(410);
  });
});
