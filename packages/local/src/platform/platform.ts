import { mkdir, writeFile } from "node:fs/promises";
import type { Screen } from "../output/screen.ts";
import { planRedis } from "../provide/redis.ts";
import { findPpocr } from "../provide/ppocr.ts";
import { provideTesseract } from "../provide/tesseract.ts";
import { endLeftovers } from "./end-leftovers.ts";
import { toolsDir, type Home } from "./home.ts";
import { basePort, requireFreePorts } from "./ports.ts";
import { createCrew, type Crew } from "./crew.ts";
import { claimHome, type Claim } from "./run-file.ts";
import { readOrMakeSecrets } from "./secrets.ts";
import { describeService, servicesAt, urlAt } from "./services.ts";

export interface Platform {
  url: string;
  apiKey: string;
  stop(): Promise<void>;
  /** Ends everything at once, for whoever cannot wait. */
  kill(): void;
}

interface PlatformOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  screen: Screen;
  /** Gives up starting; what runs by then is stopped. */
  signal: AbortSignal;
}

const writeLocalEnv = (home: Home, url: string, apiKey: string): Promise<void> =>
  writeFile(home.localEnvFile, `LECTURA_URL=${url}\nLECTURA_API_KEY=${apiKey}\n`, { mode: 0o600 });

const bringUp = async (options: PlatformOptions & { base: number; claim: Claim }, crew: Crew): Promise<string> => {
  const { home, env, screen: log, signal, base, claim } = options;
  await endLeftovers(claim.leftovers, log);
  const services = servicesAt(base);
  await requireFreePorts(services);
  const secrets = await readOrMakeSecrets(home.secretsFile);
  const redis = await planRedis({ dataDir: home.redisDir, toolsDir, log, env });
  const tesseract =
    env["LECTURA_ENGINE"] === "tesseract.js" ? undefined : await provideTesseract({ toolsDir, log, env });
  signal.throwIfAborted();
  if (redis.own) await crew.start(redis.own.spec, redis.own.port).ready;
  signal.throwIfAborted();
  const surroundings = { env, home, base, redisUrl: redis.url, secrets, tesseract, ppocr: findPpocr(toolsDir) };
  await Promise.all(services.map((service) => crew.start(describeService(service, surroundings), service.port).ready));
  await writeLocalEnv(home, urlAt(base), secrets.apiKey);
  return secrets.apiKey;
};

/**
 * Starts Redis and the services of this home and waits until each is ready. When one does not get there everything is
 * stopped again.
 * @throws ExplainedError saying what is in the way and what to do
 */
export const startPlatform = async (options: PlatformOptions): Promise<Platform> => {
  const { home, env, screen, signal } = options;
  const base = basePort(env);
  await mkdir(home.folder, { recursive: true, mode: 0o700 });
  const claim = claimHome(home.runFile, urlAt(base));
  const crew = createCrew(home, claim, screen);
  const stop = async (): Promise<void> => {
    await crew.stop();
    claim.release();
  };
  // Stopping makes those that are waited for give up.
  const giveUp = (): void => crew.kill();
  signal.addEventListener("abort", giveUp);
  try {
    const apiKey = await bringUp({ ...options, base, claim }, crew);
    return { url: urlAt(base), apiKey, stop, kill: crew.kill };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
};
