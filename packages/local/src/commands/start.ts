import { createScreen, type Screen } from "../output/screen.ts";
import { locateHome, type Home } from "../platform/home.ts";
import { startPlatform, type Platform } from "../platform/platform.ts";
import { readLiveRun } from "../platform/run-file.ts";
import { readOrMakeSecrets } from "../platform/secrets.ts";
import { untilGatewayReady } from "../platform/services.ts";
import { createApiClient } from "../submit/api-client.ts";
import { checkFiles } from "../submit/check-files.ts";
import { submitFiles } from "../submit/submit-files.ts";
import type { Command, Surroundings } from "./command.ts";
import { hearInterruption, type Interruption } from "./interruption.ts";

const INTERRUPTED = 130;

const banner = (url: string, apiKey: string, readyIn: number): string =>
  [
    "",
    `Lectura is ready, after ${(readyIn / 1000).toFixed(1)} s. Ctrl-C ends it.`,
    "",
    `  URL      ${url}`,
    `  API key  ${apiKey}`,
    `  Docs     ${url}/docs`,
    "",
    `  curl -H 'X-API-Key: ${apiKey}' -H 'Prefer: wait=60' -F file=@FILE ${url}/v1/documents`,
    "",
  ].join("\n");

const startFor = async (
  { env }: Surroundings,
  home: Home,
  screen: Screen,
  interruption: Interruption,
): Promise<Platform> => {
  const platform = await startPlatform({ home, env, screen, signal: interruption.signal });
  interruption.whenInsisted(() => {
    platform.kill();
    process.exit(INTERRUPTED);
  });
  return platform;
};

/** Runs the platform until the user ends it. */
const serve = async (home: Home, around: Surroundings, interruption: Interruption): Promise<number> => {
  const screen = createScreen({ out: around.stdout, quiet: false, env: around.env });
  const began = performance.now();
  const platform = await startFor(around, home, screen, interruption);
  screen.print(banner(platform.url, platform.apiKey, performance.now() - began));
  await interruption.asked;
  screen.info("stopping");
  await platform.stop();
  screen.info("stopped");
  return 0;
};

/** Does the work with the platform that runs here, or with one that is started for it and stopped afterwards. */
const withPlatform = async (
  home: Home,
  around: Surroundings,
  screen: Screen,
  interruption: Interruption,
  work: (access: Pick<Platform, "url" | "apiKey">) => Promise<number>,
): Promise<number> => {
  const running = readLiveRun(home.runFile);
  if (running) {
    await untilGatewayReady(Number(new URL(running.url).port), interruption.signal);
    const { apiKey } = await readOrMakeSecrets(home.secretsFile);
    return work({ url: running.url, apiKey });
  }
  screen.progress("starting the platform");
  const platform = await startFor(around, home, screen, interruption);
  screen.progress(undefined);
  try {
    return await work(platform);
  } finally {
    await platform.stop();
  }
};

/** Submits the files and prints their texts. */
const readFiles = async (
  names: readonly string[],
  home: Home,
  around: Surroundings,
  interruption: Interruption,
): Promise<number> => {
  const files = await checkFiles(names, around.folder);
  const screen = createScreen({ out: around.stderr, quiet: true, env: around.env });
  const { signal } = interruption;
  return withPlatform(home, around, screen, interruption, async ({ url, apiKey }) => {
    const client = createApiClient({ url, apiKey, signal });
    const allWell = await submitFiles(files, {
      client,
      screen,
      write: (text) => void around.stdout.write(text),
      signal,
    });
    return allWell ? 0 : 1;
  });
};

export const start: Command = {
  usage: "start [FILE…]",
  does: "runs the platform; with files, prints their text instead and ends",
  run: async (files, around) => {
    const interruption = hearInterruption([around.stdout, around.stderr]);
    const home = locateHome(around.env);
    try {
      return files.length > 0
        ? await readFiles(files, home, around, interruption)
        : await serve(home, around, interruption);
    } catch (error) {
      // Whatever did not come about because the user ended it is no failure to tell of.
      if (interruption.signal.aborted) return INTERRUPTED;
      throw error;
    }
  },
};
