// `pnpm mesh`: a real cluster with Istio, the platform on it, and the tests that show what the mesh promises.
//   up              build the images, start the cluster, put the platform on it
//   test [--quick]  that, and the tests; the report at the end has the figures
//   test --if-warm  nothing, where the cluster would have to be built first (an hour): said in one line
//   policies        takes every policy away in turn: the test that shows it must fail
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages, deploy } from "./cluster/deploy.ts";
import { cluster, clusterEnvironment, whyNotWarm } from "./cluster/tool.ts";
import { startProbers } from "./fixtures/probers.ts";
import { removeEachPolicy } from "./policies.ts";
import { root } from "../fixtures/platform.ts";
import { summarise } from "../fixtures/test-results.ts";

/** What shows the promises within ten minutes; the others break things, and wait for them to heal. */
const QUICK = ["main-job", "canary", "mtls", "authorization", "identity", "trace", "metrics"];

const up = async (): Promise<void> => {
  await cluster("up");
  await cluster("istio", "-f", join(root, "istio/install/values.yaml"));
  await cluster("observability");
  Object.assign(process.env, await clusterEnvironment());
  const tags = await buildImages();
  await deploy("kind-mesh", tags);
  await startProbers(`lectura/gateway:${tags.get("gateway")}`);
};

const runTests = async (files: string[]): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), "lectura-mesh-"));
  const figures = join(folder, "report.jsonl");
  const results = join(folder, "results.json");
  const vitest = spawn(
    "vitest",
    ["run", "--project=mesh", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`, ...files],
    { cwd: root, stdio: "inherit", env: { ...process.env, LECTURA_MESH_REPORT: figures } },
  );
  const [code]: (number | null)[] = await once(vitest, "exit");
  const lines = (await readFile(figures, "utf8").catch(() => "")).trim().split("\n").filter(Boolean);
  console.log("\nWhat was measured");
  for (const line of lines) {
    const { what, figure }: { what: string; figure: string } = JSON.parse(line);
    console.log(`  ${what}: ${figure}`);
  }
  console.log(await summarise(results));
  return code ?? 1;
};

const [verb, ...options] = process.argv.slice(2);
const cold = whyNotWarm();
if (options.includes("--if-warm") && cold) {
  console.log(`The tests on a cluster are left out: ${cold}.`);
  process.exit(0);
}
if (verb === "up") await up();
else if (verb === "test") {
  await up();
  const named = options.filter((option) => !option.startsWith("--"));
  process.exitCode = await runTests(
    options.includes("--quick") ? QUICK.map((name) => `test/mesh/${name}.test.ts`) : named,
  );
} else if (verb === "policies") {
  await up();
  const { noticed, unnoticed } = await removeEachPolicy(options);
  console.log(`${noticed} passed, ${unnoticed} failed`);
  process.exitCode = unnoticed === 0 ? 0 : 1;
} else {
  process.stderr.write("Usage: mesh up | test [--quick] [--if-warm] [FILE…] | policies [KIND/NAME…]\n");
  process.exitCode = 2;
}
