import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DocumentList } from "@lectura/contracts";
import { beforeAll, expect, test, vi } from "vitest";
import { sample, wordRecall } from "../fixtures/client.ts";
import { longDocument } from "../fixtures/long-document.ts";
import { withComponents } from "./cluster/deploy.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { kubectl, podOf, podsOf } from "./fixtures/kubectl.ts";
import { report } from "./fixtures/report.ts";

const run = promisify(execFile);

let edge: Edge;
let receipt: Awaited<ReturnType<typeof sample>>;
beforeAll(async () => {
  edge = await atTheEdge();
  receipt = await sample("recibo.jpg");
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Submitted {
  acknowledged: { id: string; reference: string }[];
  refused: number;
}

/** Submits documents one after the other until `until` resolves; a refusal is tried again a second later. */
const submitDuring = async (until: Promise<unknown>): Promise<Submitted> => {
  const over = new AbortController();
  void until.finally(() => over.abort());
  const submitted: Submitted = { acknowledged: [], refused: 0 };
  while (!over.signal.aborted) {
    const reference = crypto.randomUUID();
    const taken = await edge.client.submit(receipt.bytes, { query: `?reference=${reference}` }).then(
      ({ id }) => ({ id, reference }),
      () => undefined,
    );
    if (taken) submitted.acknowledged.push(taken);
    else submitted.refused += 1;
    await pause(taken ? 300 : 1000);
  }
  return submitted;
};

/** Every acknowledged document is there once and has ended, with its text. */
const expectAllDone = async (acknowledged: Submitted["acknowledged"]): Promise<void> => {
  for (const { id, reference } of acknowledged) {
    const document = await edge.client.untilFinal(id);
    expect(document).toMatchObject({ status: "succeeded", pages: { total: 1, done: 1, failed: 0 } });
    expect(wordRecall(await edge.client.text(id), receipt.truth)).toBeGreaterThan(0.9);
    const found = DocumentList.parse(await (await edge.client.call(`/v1/documents?reference=${reference}`)).json());
    expect(found.items.map((item) => item.id)).toEqual([id]);
  }
};

test.each([
  ["answers two seconds late", "chaos/auth-delay"],
  ["fails every fifth call", "chaos/auth-abort"],
])("while auth %s no document is lost", async (what, component) => {
  const { acknowledged, refused } = await withComponents([component], () => submitDuring(pause(20_000)));
  report(`auth ${what} for 20 s`, `${acknowledged.length} taken in, ${refused} refused, 0 lost`);
  expect(acknowledged.length).toBeGreaterThan(0);
  await expectAllDone(acknowledged);
});

const restarts = async (): Promise<number> =>
  (await podsOf("app in (gateway, auth, ocr-api, ocr-worker)"))
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);

test("while Redis cannot be reached for 30 s nothing that was acknowledged is lost", async () => {
  const redis = await podOf("app=redis");
  const before = await restarts();
  const outage = (async () => {
    await pause(3000);
    await withComponents(["chaos/redis-blackhole"], async () => {
      // A network policy lets open connections be; the kernel forgets them here, so that they are closed off, too.
      await run("conntrack", ["-D", "-p", "tcp", "-d", redis.status.podIP, "--dport", "6379"]).catch(() => {});
      await pause(30_000);
    });
    await pause(5000);
  })();
  const { acknowledged, refused } = await submitDuring(outage);
  await outage;
  report(
    "Redis unreachable for 30 s",
    `${acknowledged.length} taken in, ${refused} refused, 0 lost, ${(await restarts()) - before} restarts`,
  );
  expect(refused, "Redis was reachable all the time").toBeGreaterThan(0);
  await expectAllDone(acknowledged);
  expect(await restarts()).toBe(before);
});

test("a worker killed in mid-page loses no page and reads none twice into the result", async () => {
  const pages = 12;
  const { id } = await edge.client.submit(await longDocument(pages), { query: "?text_layer=ignore&languages=spa" });
  await vi.waitFor(async () => expect((await edge.client.read(id)).pages.done).toBeGreaterThan(0), { timeout: 60_000 });
  const worker = await podOf("app=ocr-worker");
  await kubectl("delete", "pod", worker.metadata.name, "--grace-period=0", "--force");
  const document = await edge.client.untilFinal(id);
  expect(document).toMatchObject({ status: "succeeded", pages: { total: pages, done: pages, failed: 0 } });
  const text = (await edge.client.text(id)).split("\f");
  expect(text.map((page) => /hoja (\d+)/.exec(page)?.[1])).toEqual(
    Array.from({ length: pages }, (_, index) => `${index + 1}`),
  );
  report("worker killed in mid-page", `${pages} of ${pages} pages, each once`);
});
