import { beforeAll, expect, test } from "vitest";
import { atTheEdge, type Edge, getMany, percentile, tally } from "./fixtures/edge.ts";
import { accessLog, sumOfStats } from "./fixtures/envoy.ts";
import { kubectl, podsOf, withApplied } from "./fixtures/kubectl.ts";
import { probe, type ProbeAnswer } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";

const CALLS = 3000;

let edge: Edge;
let authorization: string;
beforeAll(async () => {
  edge = await atTheEdge();
  authorization = `Bearer ${await edge.freshToken()}`;
});

/** Calls of the gateway's service account to ocr-api: its proxy is the one that breaks the circuit. */
const callOcrApi = (lanes: number): Promise<ProbeAnswer[]> =>
  probe(
    "gateway",
    Array.from({ length: CALLS }, () => ({ url: "http://ocr-api:8082/v1/limits", headers: { authorization } })),
    lanes,
  );

const p99 = (answers: ProbeAnswer[]): number =>
  percentile(
    answers.map(({ ms }) => ms),
    0.99,
  );

interface DestinationRule {
  spec: { trafficPolicy: { connectionPool: { http: { http2MaxRequests: number; http1MaxPendingRequests: number } } } };
}

test("more calls than ocr-api takes are refused at once, and the others hardly feel it", async () => {
  const rule: DestinationRule = JSON.parse(await kubectl("get", "destinationrule", "ocr-api", "-o", "json"));
  const { http2MaxRequests, http1MaxPendingRequests } = rule.spec.trafficPolicy.connectionPool.http;
  const calm = await callOcrApi(Math.floor(http2MaxRequests / 2));
  expect(tally(calm.map(({ status }) => status))).toBe(`200 ×${CALLS}`);

  const crowded = await callOcrApi(2 * (http2MaxRequests + http1MaxPendingRequests));
  const refused = crowded.filter(({ status }) => status === 503);
  const survivors = crowded.filter(({ status }) => status === 200);
  const prober = "prober-gateway";
  const overflows = await sumOfStats([prober], "outbound.8082..ocr-api.*(rq_pending_overflow|cx_overflow)");
  report(
    "circuit breaker: calls refused, of 3000 with twice as many at once as it takes",
    `${refused.length} (503, UO)`,
  );
  report("survivors' p99 over the p99 without overflow", `${(p99(survivors) / p99(calm)).toFixed(2)} × (at most 5)`);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ overloaded }) => overloaded === "true")).toBe(true);
  expect(refused.length + survivors.length).toBe(CALLS);
  expect(overflows).toBeGreaterThan(0);
  expect(await accessLog(prober)).toMatch(/ 503 UO /);
  expect(p99(survivors) / p99(calm)).toBeLessThanOrEqual(5);
});

test("more calls than the gateway takes are refused by the edge", async () => {
  const rule: DestinationRule = JSON.parse(await kubectl("get", "destinationrule", "gateway", "-o", "json"));
  const { http2MaxRequests, http1MaxPendingRequests } = rule.spec.trafficPolicy.connectionPool.http;
  const lanes = 2 * (http2MaxRequests + http1MaxPendingRequests);
  const answers = await getMany(`${edge.url}/openapi.json`, { count: 3 * lanes, lanes });
  const statuses = tally(answers.map(({ status }) => status));
  report(`the edge's circuit breaker: ${lanes} calls at once`, statuses);
  expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(lanes / 2);
});

/** ocr-api's own proxy answers calls that ask for it with an error, after it has logged them: each attempt is seen. */
const failOnRequest = {
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: { name: "test-fail-on-request" },
  spec: {
    workloadSelector: { labels: { app: "ocr-api" } },
    configPatches: [
      {
        applyTo: "HTTP_FILTER",
        match: {
          context: "SIDECAR_INBOUND",
          listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
        },
        patch: {
          operation: "INSERT_BEFORE",
          value: {
            name: "envoy.filters.http.fault",
            typed_config: {
              "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
              abort: { header_abort: {}, percentage: { numerator: 100, denominator: "HUNDRED" } },
            },
          },
        },
      },
    ],
  },
};

/** How often a call that fails reaches ocr-api. */
const attemptsOf = async (method: string, path: string): Promise<number> => {
  const requestId = crypto.randomUUID();
  const headers = { authorization, "x-request-id": requestId, "x-envoy-fault-abort-request": "503" };
  const [answer] = await probe("gateway", [
    { url: `http://ocr-api:8082${path}`, method, headers, ...(method === "POST" ? { body: "x" } : {}) },
  ]);
  expect(answer?.status).toBe(503);
  const logs = await Promise.all((await podsOf("app=ocr-api")).map(({ metadata }) => accessLog(metadata.name)));
  return logs
    .join("\n")
    .split("\n")
    .filter((line) => line.includes(requestId)).length;
};

test("a GET that fails is repeated by the mesh, a POST never is", async () => {
  await withApplied(failOnRequest, async () => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const [gets, posts] = [await attemptsOf("GET", "/v1/limits"), await attemptsOf("POST", "/v1/documents")];
    report("attempts that reach ocr-api: a failing GET, a failing POST", `${gets}, ${posts}`);
    expect(gets).toBeGreaterThan(1);
    expect(posts).toBe(1);
  });
});
