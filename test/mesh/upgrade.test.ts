import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sample } from "../fixtures/client.ts";
import { root } from "../fixtures/platform.ts";
import { startSteadyLoad } from "../fixtures/steady-load.ts";
import { buildImages, deploy } from "./cluster/deploy.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { report } from "./fixtures/report.ts";

/** What leaves two cores enough to start every service anew, with its proxy. */
const CALLS_A_SECOND = 10;

const git = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)("git", args, { cwd: root })).stdout.trim();

let edge: Edge;
let previous: string;
beforeAll(async () => {
  edge = await atTheEdge();
  previous = await mkdtemp(join(tmpdir(), "lectura-previous-"));
  // Before the last change of code: others leave the images as they are.
  const code = ["services/*/src/*", "packages/*/src/*", ":!*.test.ts", ":!*/fixtures/*"];
  const changed = await git("rev-list", "-1", "HEAD", "--", ...code);
  await git("worktree", "add", "--force", previous, `${changed}~1`);
  // How images are made may have changed, too; what goes into them is the previous commit's.
  await cp(join(root, "docker"), join(previous, "docker"), { recursive: true });
});
afterAll(async () => {
  await git("worktree", "remove", "--force", previous);
  await rm(previous, { recursive: true, force: true });
});

test("the platform goes from the previous commit's images to these without a failed call or a lost document", async () => {
  const before = await buildImages(previous);
  await deploy("kind-mesh", before);
  const now = await buildImages();
  expect(now).not.toEqual(before);
  const { bytes } = await sample("recibo.jpg");

  const over = new AbortController();
  const load = startSteadyLoad(edge, CALLS_A_SECOND);
  const submissions = (async () => {
    const ids: string[] = [];
    while (!over.signal.aborted) {
      ids.push((await edge.client.submit(bytes)).id);
      await pause(1000);
    }
    return ids;
  })();
  const began = performance.now();
  try {
    await deploy("kind-mesh", now);
  } finally {
    over.abort();
    await load.stop();
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  const ids = await submissions;
  report(
    "rolling upgrade from the previous commit",
    `${seconds} s; ${ids.length} submissions, none failed; reads by status: ${JSON.stringify(load.statuses)}`,
  );
  expect(Object.keys(load.statuses)).toEqual(["200"]);
  for (const id of ids) expect((await edge.client.untilFinal(id)).status).toBe("succeeded");
}, 900_000);
