// Runs the tests with what they need: one Redis for the run, native Tesseract where it can be had.
// Arguments are vitest's own; the runs over the corpus (`--project corpus`) only happen when they are asked for, those on a cluster by `mesh test`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { providePpocr, provideRedis, provideTesseract, toolsDir } from "../packages/local/src/index.ts";
import { summarise } from "../test/fixtures/test-results.ts";

const runVitest = async (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const vitest = spawn("vitest", ["run", ...args], { stdio: "inherit", env });
  // Ctrl-C reaches vitest by itself; this process waits for it, to end Redis and to remove its files.
  process.on("SIGINT", () => {}).on("SIGTERM", () => vitest.kill());
  const [code]: (number | null)[] = await once(vitest, "exit");
  return code ?? 1;
};

const folder = await mkdtemp(join(tmpdir(), "lectura-test-"));
const log = { info: console.error, warn: console.error };
const redis = await provideRedis({ dataDir: join(folder, "redis"), toolsDir, log });
try {
  const tesseract = await provideTesseract({ toolsDir, log });
  const ppocr = await providePpocr({ toolsDir, env: process.env }).catch((error: unknown) => {
    log.warn(`the second OCR engine is not tested: ${error instanceof Error ? error.message : error}`);
    return undefined;
  });
  const args = process.argv.slice(2);
  const projects = args.some((arg) => arg.startsWith("--project")) ? [] : ["--project=!corpus", "--project=!mesh"];
  const results = join(folder, "results.json");
  process.exitCode = await runVitest(
    ["--reporter=default", "--reporter=json", `--outputFile.json=${results}`, ...projects, ...args],
    {
      ...process.env,
      REDIS_URL: redis.url,
      ...(ppocr && { LECTURA_PPOCR: ppocr }),
      ...(tesseract && {
        LECTURA_TESSERACT_LIBRARY: tesseract.library,
        LECTURA_TESSDATA: tesseract.tessdata,
        LD_LIBRARY_PATH: tesseract.libraryPath,
      }),
    },
  );
  console.log(await summarise(results));
} finally {
  await redis.close();
  await rm(folder, { recursive: true, force: true });
}
