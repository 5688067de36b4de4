import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AUDIENCE,
  CreatedApiKey,
  CreatedUser,
  DeliveryList,
  Document,
  isFinal,
  Me,
  SessionAnswer,
  WebhookWithSecret,
} from "@lectura/contracts";
import { Redis } from "ioredis";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ABORTING, modelsWithAborting } from "./fixtures/aborting-model.ts";
import { sample } from "./fixtures/client.ts";
import { endPlatform, root, startPlatform, type TestPlatform } from "./fixtures/platform.ts";
import { redisContent } from "./fixtures/redis-content.ts";
import { createTokens } from "./fixtures/tokens.ts";
import { startWorld } from "./fixtures/world.ts";

const METRICS_ABOVE = 1000;
const FILENAME = "marked-file-name.png";
const PASSWORD = "marked password";
const WRONG_PASSWORD = "marked wrong password";
const SIGNATURE = "marked-source-signature";
const HOOK_QUERY = "marked-hook-query";
const CALLBACK_QUERY = "marked-callback-query";
const URL_PASSWORD = "marked-url-password";
const PROVIDER = "https://provider.test";

/** A shell that lets whatever crashes leave its memory behind, where the system has it so. */
const DUMPING = ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$@"', "sh"];

const { bytes } = await sample("carta.png");
const keys = await generateKeyPair("ES256");
const spans: Buffer[] = [];
let tellings = 0;

let world: Awaited<ReturnType<typeof startWorld>>;
let models: string;
let platform: TestPlatform;
beforeAll(async () => {
  world = await startWorld({
    "/v1/traces": (_request, response, body) => (spans.push(body), response.end("{}")),
    "/jwks": async (_request, response) =>
      response.end(JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: "p", alg: "ES256" }] })),
    "/letter": (_request, response) => response.end(bytes),
    "/moved": (_request, response) => response.writeHead(302, { location: `/missing?a=${SIGNATURE}` }).end(),
    "/inward": (_request, response) => response.writeHead(302, { location: `http://10.0.0.1/?a=${SIGNATURE}` }).end(),
    // The first of them fails, so that something is noted of it.
    "/hook": (_request, response) => response.writeHead(tellings++ === 0 ? 500 : 204).end(),
  });
  models = await modelsWithAborting();
  platform = await startPlatform({
    under: DUMPING,
    env: {
      LOG_LEVEL: "debug",
      OTEL_EXPORTER_OTLP_ENDPOINT: world.url,
      LECTURA_COURIER_ALLOW: "127.0.0.1",
      LECTURA_TESSDATA: models,
      LECTURA_OIDC_ISSUERS: JSON.stringify([{ issuer: PROVIDER, audience: AUDIENCE, jwks_uri: `${world.url}/jwks` }]),
    },
  });
});
afterAll(async () => {
  await endPlatform(platform);
  await rm(models, { recursive: true });
  world.close();
});

const errors: string[] = [];
const call = async (path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<unknown> => {
  const credential = "authorization" in headers ? {} : { "x-api-key": platform.apiKey };
  const answer = await fetch(`${platform.url}${path}`, { ...init, headers: { ...credential, ...headers } });
  const text = await answer.text();
  if (!answer.ok) errors.push(text);
  return text ? JSON.parse(text) : undefined;
};
const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<unknown> =>
  call(path, { method: "POST", body: JSON.stringify(body) }, { "content-type": "application/json", ...headers });

/** Comes in by each way there is, and by some that there are not; every credential that was in use. */
const identify = async (): Promise<Record<string, string>> => {
  const { key } = CreatedApiKey.parse(await post("/v1/api-keys", { name: "scanner", scopes: ["documents:read"] }));
  const email = "ana@example.org";
  const { invite_token } = CreatedUser.parse(await post("/v1/users", { email, role: "owner" }));
  await post("/v1/auth/accept-invite", { token: invite_token, password: PASSWORD });
  const session = SessionAnswer.parse(await post("/v1/auth/login", { email, password: PASSWORD }));
  await post("/v1/auth/login", { email, password: WRONG_PASSWORD });
  await post("/v1/auth/login", { email, password: WRONG_PASSWORD, more: WRONG_PASSWORD });
  await post("/v1/auth/refresh", { refresh_token: session.refresh_token });
  await post("/v1/auth/refresh", { refresh_token: session.refresh_token });
  await call("/v1/documents", {}, { "x-api-key": key });
  await call("/v1/documents", { method: "POST", body: "x" }, { "x-api-key": key });
  await call(`/v1/documents?api_key=${key}`);
  await call("/v1/auth/me", {}, { authorization: `Bearer ${session.access_token}x` });
  return {
    "an API key": key,
    "a secret": key.slice(-43),
    "the first key": platform.apiKey.slice(-43),
    "an access token": session.access_token,
    "a refresh token": session.refresh_token,
    "an invitation": invite_token,
    "a password": PASSWORD,
    "a wrong password": WRONG_PASSWORD,
  };
};

/** The part of a token without which the rest is of no use. */
const signatureOf = (token: string): string => token.slice(token.lastIndexOf(".") + 1);

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Comes in by an OpenID provider; its tokens that were taken and refused. */
const identifyElsewhere = async (): Promise<Record<string, string>> => {
  const { tenant } = Me.parse(await call("/v1/auth/me"));
  const tokens = await createTokens({ kid: "p", ...keys }, { issuer: PROVIDER, tenant });
  const good = await tokens.sign();
  expect(await call("/v1/auth/me", {}, bearer(good))).toMatchObject({ kind: "oidc" });
  await call("/v1/documents", {}, bearer(good));
  const foreign = await tokens.sign({ tenant: "ten_nobody's" });
  const [expired] = tokens.wrong.expired;
  const refused = [foreign, expired];
  for (const token of refused) await call("/v1/documents", {}, bearer(token));
  return {
    "an OIDC token": signatureOf(good),
    "an expired OIDC token": signatureOf(expired),
    "an OIDC token of no tenant": signatureOf(foreign),
  };
};

/** Has documents read, one of which ends its engine. */
const read = async (): Promise<Document> => {
  const upload = { method: "POST", body: bytes };
  const named = { "content-disposition": `attachment; filename="${FILENAME}"`, prefer: "wait=60" };
  const document = Document.parse(await call("/v1/documents", upload, named));
  expect(isFinal(document.status)).toBe(true);
  const ended = Document.parse(await call(`/v1/documents?languages=${ABORTING}`, upload, named));
  expect(ended.error?.code).toBe("page-crashed");
  await call("/v1/documents?pages=none", upload, named);
  await call("/v1/documents", { method: "POST", body: "no picture" }, named);
  return document;
};

/** Has the courier call, and be refused; the secrets by which it signs. */
const callOut = async (): Promise<Record<string, string>> => {
  const url = `${world.url}/hook?a=${HOOK_QUERY}`;
  const { id, secret } = WebhookWithSecret.parse(await post("/v1/webhooks", { url }));
  const rotated = WebhookWithSecret.parse(await post(`/v1/webhooks/${id}/rotate`, {}));
  const callback = WebhookWithSecret.parse(await post("/v1/webhooks/callback/rotate", {}));
  const callback_url = `${world.url}/hook?a=${CALLBACK_QUERY}`;
  const fetched = async (path: string): Promise<Document> => {
    const source = { url: `${world.url}${path}?a=${SIGNATURE}` };
    return Document.parse(await post("/v1/documents", { source, callback_url }, { prefer: "wait=60" }));
  };
  expect((await fetched("/letter")).status).toBe("succeeded");
  expect((await fetched("/moved")).error?.code).toBe("fetch-failed");
  expect((await fetched("/inward")).error?.code).toBe("forbidden-url");
  const withPassword = world.url.replace("//", `//ana:${URL_PASSWORD}@`);
  await post("/v1/documents", { source: { url: withPassword } });
  await post("/v1/webhooks", { url: withPassword });
  await call(`/v1/documents?callback_url=${encodeURIComponent(withPassword)}`, { method: "POST", body: bytes });
  for (const hook of [id, "callback"])
    await vi.waitFor(
      async () => {
        const { items } = DeliveryList.parse(await call(`/v1/webhooks/${hook}/deliveries`));
        expect(items.length).toBeGreaterThanOrEqual(3);
        for (const { status } of items) expect(status).toBe("delivered");
      },
      { timeout: 60_000 },
    );
  const signing = [secret, rotated.secret, callback.secret].map((each) => each.replace("whsec_", ""));
  return Object.fromEntries(signing.map((each, index) => [`webhook secret ${index + 1}`, each]));
};

/** What a crash may leave where the services were started. */
const dumps = async (): Promise<string[]> => (await readdir(root)).filter((name) => /^(core|report)\b/.test(name));

const metricsOf = async (): Promise<string> => {
  const services = (await platform.processes()).filter(({ name }) => name !== "redis");
  const texts = services.map(async ({ port }) =>
    (await fetch(`http://127.0.0.1:${port + METRICS_ABOVE}/metrics`)).text(),
  );
  return (await Promise.all(texts)).join("\n");
};

const inRedis = async (): Promise<string> => {
  const port = (await platform.processes()).find(({ name }) => name === "redis")?.port;
  const redis = new Redis(port ?? 0, "127.0.0.1");
  try {
    return await redisContent(redis);
  } finally {
    redis.disconnect();
  }
};

const logsOf = async (): Promise<string> => {
  const folder = join(platform.home, "log");
  const logs = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")));
  return [platform.log().replaceAll(platform.apiKey, ""), ...logs].join("\n");
};

test("logs, traces, metrics, error bodies, Redis and crash dumps have no token, key, password, text or file name", async () => {
  const before = await dumps();
  const credentials = { ...(await identify()), ...(await identifyElsewhere()), ...(await callOut()) };
  const document = await read();
  const metrics = await metricsOf();
  const redis = await inRedis();
  await platform.stop();

  const places = {
    logs: await logsOf(),
    traces: Buffer.concat(spans).toString("latin1"),
    metrics,
    errors: errors.join("\n"),
  };
  // Each place holds what it is there for: an empty one would show nothing.
  expect(places.logs).toContain(document.trace_id);
  expect(places.logs).toContain("will be tried again");
  expect(places.traces).toContain("/v1/documents");
  expect(places.traces).toContain("/hook");
  expect(places.metrics).toContain("http_server_request_duration_seconds_count");
  expect(redis).toContain(FILENAME);
  expect(errors.length).toBeGreaterThanOrEqual(11);

  // What the record of a document says is there to be said, in Redis alone: its name, and whom to tell.
  const everywhere = {
    ...credentials,
    "the query of a source": SIGNATURE,
    "the password of an address": URL_PASSWORD,
    "a text": "Administradora",
  };
  const outside = { "a file name": FILENAME, "a webhook's query": HOOK_QUERY, "a callback's query": CALLBACK_QUERY };
  for (const [place, text] of Object.entries({ ...places, redis }))
    for (const [what, value] of Object.entries(place === "redis" ? everywhere : { ...everywhere, ...outside }))
      expect(text.includes(value), `${place} have ${what}`).toBe(false);
  // The engine that aborted left nothing of its memory behind.
  expect(await dumps()).toEqual(before);
});
