import { type CallGraph, readCallGraph, type Service } from "@lectura/mesh";
import { beforeAll, describe, expect, test } from "vitest";
import { atTheEdge } from "./fixtures/edge.ts";
import { podOf } from "./fixtures/kubectl.ts";
import { type Account, accounts, probe, type ProbeAnswer, type ProbeCall } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";

const graph = readCallGraph();
const HTTP = ["gateway", "auth", "ocr-api"] as const satisfies Service[];

interface Cell {
  service: Service;
  method: string;
  path: string;
}

/** Every route that the graph knows of a service, and one that it does not. */
const routesOf = (service: Service): Cell[] => {
  const listed = graph.calls.filter(({ to }) => to.includes(service)).flatMap(({ routes }) => routes);
  const unlisted = { method: "GET", path: "/unheard-of" };
  const unique = new Map(
    [...listed, unlisted].map(({ method, path }) => [`${method} ${path}`, { service, method, path }]),
  );
  return [...unique.values()];
};

const callerOf = (account: Account): string => (account === graph.edge.serviceAccount ? "edge" : account);

/** What the graph says of a call. */
const isAllowed = ({ calls }: CallGraph, account: Account, { service, method, path }: Cell): boolean =>
  calls.some(
    ({ from, to, unlisted, routes }) =>
      from.some((caller) => caller === callerOf(account)) &&
      to.includes(service) &&
      (unlisted !== undefined || routes.some((route) => route.method === method && route.path === path)),
  );

let authorization: string;
beforeAll(async () => {
  authorization = `Bearer ${await (await atTheEdge()).freshToken()}`;
});

const callTo = ({ service, method, path }: Cell): ProbeCall => ({
  url: `http://${service}:${graph.services[service].port}${path.replaceAll(/:\w+/g, "1").replace("*", "x")}`,
  method,
  headers: { authorization },
});

const refusedByMesh = ({ status, body }: ProbeAnswer): boolean => status === 403 && body === "RBAC: access denied";

const matrix = async (account: Account): Promise<[cell: string, verdict: string][]> => {
  const cells = HTTP.flatMap(routesOf);
  const answers = await probe(account, cells.map(callTo));
  return cells.map(({ method, service, path }, index) => {
    const answer = answers[index];
    const verdict = !answer?.status ? `no answer (${answer?.error})` : refusedByMesh(answer) ? "refused" : "let in";
    return [`${method} ${service} ${path}`, verdict];
  });
};

describe("of every route of the call graph", () => {
  test.each(accounts)("the service account %s gets exactly what the graph gives it", async (account) => {
    const found = await matrix(account);
    const expected = HTTP.flatMap(routesOf).map((cell) => [
      `${cell.method} ${cell.service} ${cell.path}`,
      isAllowed(graph, account, cell) ? "let in" : "refused",
    ]);
    report(
      `authorization: ${account}`,
      `${found.filter(([, verdict]) => verdict === "let in").length} of ${found.length} routes, as the call graph says`,
    );
    expect(found).toEqual(expected);
  });
});

test("without a token nobody gets to what needs one, whoever calls", async () => {
  const cells = routesOf("ocr-api").filter((cell) => isAllowed(graph, "gateway", cell) && cell.path.startsWith("/v1/"));
  const answers = await probe(
    "gateway",
    cells.map((cell) => ({ ...callTo(cell), headers: {} })),
  );
  expect(cells.length).toBeGreaterThan(5);
  expect(answers.map(refusedByMesh)).toEqual(cells.map(() => true));
});

test.each(accounts)("Redis hears %s only if the graph says so", async (account) => {
  const [answer] = await probe(account, [{ host: "redis", port: graph.services.redis.port, line: "PING" }]);
  const allowed = graph.calls.some(
    ({ from, to }) => to.includes("redis") && from.some((caller) => caller === callerOf(account)),
  );
  // Whoever gets through is asked for the password.
  if (allowed) expect(answer?.body).toContain("NOAUTH");
  else expect(answer?.error).toMatch(/closed|ECONNRESET/);
});

test("a workload that the call graph does not know is called by nobody", async () => {
  for (const account of accounts) {
    const [answer] = await probe(account, [{ url: "http://test-unknown:8090/" }]);
    expect(answer, account).toMatchObject({ status: 403, body: "RBAC: access denied" });
  }
});

test("nobody calls a worker", async () => {
  const { status } = await podOf("app=ocr-worker");
  for (const account of accounts) {
    const [answer] = await probe(account, [{ url: `http://${status.podIP}:8083/livez` }]);
    expect(answer?.status, account).not.toBe(200);
  }
});
