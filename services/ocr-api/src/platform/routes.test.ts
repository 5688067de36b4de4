import { DEFAULT_LIMITS } from "@lectura/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startOcrApi, type TestOcrApi } from "../fixtures/start-ocr-api.ts";

let api: TestOcrApi;
beforeEach(async () => {
  api = await startOcrApi(process.env["REDIS_URL"]);
});
afterEach(() => api.close());

const announce = async (worker: string, languages: string[]): Promise<void> =>
  api.workers.announce({
    worker,
    engine: "tesseract",
    engine_version: "5",
    slots: 2,
    models: languages.map((language) => ({ language, kind: "fast", sha256: `digest of ${language}` })),
  });

describe("GET /v1/languages", () => {
  it("lists what the workers have announced, each model once, by name", async () => {
    await announce("one", ["spa", "eng"]);
    await announce("two", ["eng", "fra"]);
    expect((await api.get("/v1/languages")).json()).toEqual({
      items: ["eng", "fra", "spa"].map((code) => ({ code, kind: "fast", sha256: `digest of ${code}` })),
      next_cursor: null,
    });
  });

  it("is empty before the first worker", async () => {
    expect((await api.get("/v1/languages")).json()).toEqual({ items: [], next_cursor: null });
  });
});

describe("GET /v1/limits", () => {
  it("tells the limits in force", async () => {
    expect((await api.get("/v1/limits")).json()).toEqual({ ...DEFAULT_LIMITS, file_bytes: 100_000 });
  });
});

it.each(["/v1/languages", "/v1/limits"])("%s needs any credentials, and no parameters", async (url) => {
  expect((await api.app.inject(url)).json().code).toBe("missing-credentials");
  const headers = await api.bearer({ scopes: [] });
  expect((await api.app.inject({ url, headers })).statusCode).toBe(200);
  expect((await api.get(`${url}?all=1`)).json().code).toBe("unknown-field");
});
