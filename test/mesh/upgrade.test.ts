import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sample } from "../fixtures/client.ts";
import { root } from "../fixtures/platform.ts";
import { buildImages, deploy } from "./cluster/deploy.ts";
import { atTheEdge, type Edge, getMany, tally } from "./fixtures/edge.ts";
import { report } from "./fixtures/report.ts";

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
  const authorization = `Bearer ${await edge.freshToken()}`;
  const submissions = (async () => {
    const ids: string[] = [];
    while (!over.signal.aborted) ids.push((await edge.client.submit(bytes)).id);
    return ids;
  })();
  const reads = (async () => {
    const statuses: number[] = [];
    while (!over.signal.aborted) {
      const answers = await getMany(`${edge.url}/v1/auth/me`, { count: 50, lanes: 4, headers: { authorization } });
      statuses.push(...answers.map(({ status }) => status));
    }
    return statuses;
  })();
  const began = performance.now();
  await deploy("kind-mesh", now);
  const seconds = Math.round((performance.now() - began) / 1000);
  over.abort();

  const ids = await submissions;
  const statuses = await reads;
  report(
    "rolling upgrade from the previous commit",
    `${seconds} s; ${ids.length} submissions and ${statuses.length} reads, none failed`,
  );
  expect(tally(statuses)).toBe(`200 ×${statuses.length}`);
  for (const id of ids) expect((await edge.client.untilFinal(id)).status).toBe("succeeded");
}, 900_000);
