import { hkdfSync } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ExplainedError } from "../explained-error.ts";
import type { ProcessSpec } from "../processes/child.ts";
import { untilReady } from "../processes/until-ready.ts";
import type { Tesseract } from "../provide/tesseract.ts";
import { repository, type Home } from "./home.ts";
import type { Secrets } from "./secrets.ts";

export interface Service {
  name: string;
  port: number;
}

/** The services in the order in which they stop: first the door, last the one that all others ask. */
export const servicesAt = (base: number): Service[] => [
  { name: "gateway", port: base },
  { name: "ocr-api", port: base + 2 },
  { name: "ocr-worker", port: base + 3 },
  { name: "courier", port: base + 4 },
  { name: "auth", port: base + 1 },
];

export const urlAt = (port: number): string => `http://127.0.0.1:${port}`;

/** What the services are told; a variable that the user has set wins where it is the user's to decide. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  home: Home;
  base: number;
  redisUrl: string;
  secrets: Secrets;
  tesseract: Tesseract | undefined;
  /** The folder of the second engine's models. */
  ppocr: string | undefined;
}

const common = ({ env, home, base, redisUrl }: Surroundings): NodeJS.ProcessEnv => ({
  ...env,
  HOST: "127.0.0.1",
  REDIS_URL: redisUrl,
  LECTURA_STORAGE: env["LECTURA_STORAGE"] || pathToFileURL(home.dataDir).href,
  LECTURA_AUTH_URL: urlAt(base + 1),
  LECTURA_OCR_API_URL: urlAt(base + 2),
  LECTURA_PUBLIC_URL: env["LECTURA_PUBLIC_URL"] || urlAt(base),
});

const forWorker = ({ env, home, tesseract, ppocr }: Surroundings): NodeJS.ProcessEnv => ({
  // Set to nothing it turns the second engine off.
  LECTURA_PPOCR: env["LECTURA_PPOCR"] ?? ppocr,
  LECTURA_WORKER_DIR: env["LECTURA_WORKER_DIR"] || home.workDir,
  ...(tesseract && {
    LECTURA_TESSERACT_LIBRARY: tesseract.library,
    LECTURA_TESSDATA: tesseract.tessdata,
    LD_LIBRARY_PATH: tesseract.libraryPath,
  }),
});

/** Who runs it for themselves shares with nobody. */
const forOcrApi = ({ env }: Surroundings): NodeJS.ProcessEnv => ({
  LECTURA_MAX_IN_FLIGHT: env["LECTURA_MAX_IN_FLIGHT"] || "0",
  LECTURA_MAX_HOURLY_PAGES: env["LECTURA_MAX_HOURLY_PAGES"] || "0",
  LECTURA_MAX_KEPT_BYTES: env["LECTURA_MAX_KEPT_BYTES"] || "0",
});

const forAuth = ({ env, secrets }: Surroundings): NodeJS.ProcessEnv => ({
  LECTURA_KEY_SECRET: env["LECTURA_KEY_SECRET"] || secrets.keySecret,
  LECTURA_FIRST_API_KEY: secrets.apiKey,
  // Whoever runs it for themselves is not held back by shares of a machine that is all theirs.
  LECTURA_FIRST_TENANT_LIMITS: env["LECTURA_FIRST_TENANT_LIMITS"] || "off",
});

/** Made of the home's one secret, so that what was kept of an older version needs no other. */
const webhookSecret = ({ keySecret }: Secrets): string =>
  Buffer.from(hkdfSync("sha256", Buffer.from(keySecret, "base64url"), "", "webhooks", 32)).toString("base64url");

const forWebhooks = ({ env, secrets }: Surroundings): NodeJS.ProcessEnv => ({
  LECTURA_WEBHOOK_SECRET: env["LECTURA_WEBHOOK_SECRET"] || webhookSecret(secrets),
});

const PATIENCE_MS = 3000;

const notReadyBecause = async (port: number, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const answer = await fetch(`${urlAt(port)}/readyz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const body = await answer.text();
    return answer.status === 200 ? undefined : `/readyz answers ${answer.status} ${body}`;
  } catch (error) {
    return `/readyz on port ${port} does not answer (${error instanceof Error ? error.message : error})`;
  }
};

/**
 * What streams through a service is garbage at once: V8 collects it early, malloc keeps it in one place for all threads,
 * and ocr-api takes half as much for large uploads (`bench uploads`). docker/Dockerfile says the same.
 */
const LITTLE_GARBAGE = { flag: "--max-semi-space-size=8", env: { MALLOC_ARENA_MAX: "1" } };

/** How a service is run here: from its source, with tracing registered ahead of everything else. */
export const describeService = ({ name, port }: Service, surroundings: Surroundings): ProcessSpec => ({
  name,
  command: process.execPath,
  args: [
    LITTLE_GARBAGE.flag,
    `--import=${pathToFileURL(join(repository, "packages/telemetry/src/register.ts")).href}`,
    join(repository, "services", name, "src/main.ts"),
  ],
  cwd: repository,
  env: {
    ...common(surroundings),
    ...(name === "ocr-worker" ? forWorker(surroundings) : LITTLE_GARBAGE.env),
    ...(name === "ocr-api" && forOcrApi(surroundings)),
    ...(name === "auth" && forAuth(surroundings)),
    ...((name === "ocr-api" || name === "courier") && forWebhooks(surroundings)),
    PORT: String(port),
    OTEL_SERVICE_NAME: name,
  },
  notReadyBecause: (signal) => notReadyBecause(port, signal),
});

/** Whether the service on this port is ready right now. */
export const isReady = async (port: number): Promise<boolean> =>
  (await notReadyBecause(port, AbortSignal.timeout(PATIENCE_MS))) === undefined;

/**
 * Waits until the gateway of a platform that somebody else started is ready; it may just be starting, or be started again.
 * @throws ExplainedError when it does not get there within a minute
 */
export const untilGatewayReady = async (base: number, signal: AbortSignal): Promise<void> => {
  let reason = "";
  const patience = AbortSignal.any([signal, AbortSignal.timeout(60_000)]);
  const ready = await untilReady(
    (asked) => notReadyBecause(base, asked),
    patience,
    (text) => (reason = text),
  );
  signal.throwIfAborted();
  if (!ready)
    throw new ExplainedError(`Lectura runs here but is not ready: ${reason}\nSee: npx -y pnpm@12 lectura status`);
};
