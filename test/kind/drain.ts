// A node of a Kind cluster is drained while documents are on their way, as it would be for its upgrade: every disruption
// budget is kept, and no acknowledged document is lost or done twice.
//
//   node test/kind/drain.ts [--keep]
//
// Makes a cluster of three nodes by scripts/kind-up.sh, in which storage is a bucket, and deletes it at the end; --keep
// leaves it. Port 8080 must be free.
import { setTimeout as pause } from "node:timers/promises";
import { type Client, createClient, sample } from "../fixtures/client.ts";
import { longDocument } from "../fixtures/long-document.ts";
import { apiKey, tally } from "../mesh/fixtures/edge.ts";
import { report } from "../mesh/fixtures/report.ts";
import { createCluster, deleteCluster, KIND_CLUSTER_NAME, KUBECONFIG } from "./cluster.ts";
import { describeNodes, drain, hasItsHalf, newcomers, nodeToDrain, platformPods, untilComplete } from "./nodes.ts";
import { allDocuments, type Seen, startTraffic } from "./traffic.ts";

/** Enough to keep the workers at it from before the drain until after it. */
const PAGES = 300;

const results = { passed: 0, failed: 0 };
const check = (what: string, holds: boolean): void => {
  results[holds ? "passed" : "failed"] += 1;
  console.log(`${holds ? "ok" : "NOT OK"}: ${what}`);
};

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);

/** Drains a node while a long document and many small ones are read; answers what the clients saw. */
const drainUnderLoad = async (client: Client) => {
  await untilComplete();
  const before = await platformPods();
  const node = nodeToDrain(before);
  report("pods of the platform", `${describeNodes(before)}; Redis cannot move, so ${node} is drained`);
  check("the node has its half of every service", hasItsHalf(before, node));

  const long = await client.submit(await longDocument(PAGES), { query: "?text_layer=ignore&languages=spa" });
  const traffic = startTraffic(client, (await sample("recibo.jpg")).bytes);
  while ((await client.read(long.id)).pages.done < PAGES / 10) await pause(500);

  const began = performance.now();
  const { done, putOff, budgets } = await drain(node);
  report("drain", `${seconds(began)} s; evictions put off by a budget: ${putOff}`);
  await untilComplete();
  const halfway = await client.read(long.id);
  const seen = await traffic.stop();
  const after = await platformPods();

  report("complete again", `after ${seconds(began)} s; new pods: ${newcomers(before, after)}`);
  report(
    "budgets at their lowest",
    budgets.map(({ name, healthy, desired }) => `${name} ${healthy} of ${desired}`).join(", "),
  );
  check("the drain came to its end", done);
  check("the budgets put evictions off", putOff > 0);
  check(
    "every budget was kept",
    budgets.every(({ healthy, desired }) => healthy >= desired),
  );
  check(
    "no pod of the platform is left on the node",
    after.every(({ spec }) => spec.nodeName !== node),
  );
  check("the long document was being read all the time", halfway.finished_at === null);
  return { long: long.id, seen };
};

const checkLongDocument = async (client: Client, id: string): Promise<void> => {
  const { pages } = await client.untilFinal(id);
  const found = (await client.text(id)).split("\f").map((page) => /hoja (\d+)/.exec(page)?.[1]);
  const wanted = Array.from({ length: PAGES }, (_, index) => `${index + 1}`);
  check(`the long document has its ${PAGES} pages, each once`, pages.done === PAGES && found.join() === wanted.join());
};

const checkDocuments = async (client: Client, { acknowledged, calls, failures }: Seen): Promise<void> => {
  const documents = await allDocuments(client);
  const found = new Map(documents.map((document) => [document.id, document]));
  const lost = acknowledged.filter(({ id }) => found.get(id)?.status !== "succeeded").length;
  const references = documents.flatMap(({ reference }) => reference ?? []);
  const doubled = references.length - new Set(references).size;
  report("documents meanwhile", `${acknowledged.length} acknowledged, ${lost} lost, ${doubled} doubled`);
  report("calls meanwhile", `${calls}, ${failures.length} failed${failures.length > 0 ? `: ${tally(failures)}` : ""}`);
  check("every acknowledged document succeeded", acknowledged.length > 0 && lost === 0);
  check("none was made twice", doubled === 0);
  check(
    "nothing is left open",
    documents.every(({ finished_at }) => finished_at !== null),
  );
};

try {
  const began = performance.now();
  await createCluster();
  report("three nodes, from nothing to the first page", `${seconds(began)} s`);
  const client = createClient({ url: "http://127.0.0.1:8080", apiKey: await apiKey() });
  const { long, seen } = await drainUnderLoad(client);
  await checkLongDocument(client, long);
  await checkDocuments(client, seen);
} catch (error) {
  console.error(error);
  check("the test ran to its end", false);
} finally {
  if (process.argv.includes("--keep"))
    console.log(`${KIND_CLUSTER_NAME} is left running: export KUBECONFIG=${KUBECONFIG}`);
  else await deleteCluster();
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed === 0 ? 0 : 1;
