import { beforeAll, expect, test, vi } from "vitest";
import { UNTRACED } from "../fixtures/untraced.ts";
import { atTheEdge, type Edge, getMany, percentile, tally } from "./fixtures/edge.ts";
import { accessLog, sumOfStats } from "./fixtures/envoy.ts";
import { kubectl, podsOf, withApplied } from "./fixtures/kubectl.ts";
import { probe, type ProbeAnswer } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";

const CALLS = 3000;
const SLOW_MS = 500;
const OCR_API = "http://ocr-api:8082/v1/limits";

let edge: Edge;
let authorization: string;
beforeAll(async () => {
  edge = await atTheEdge();
  authorization = `Bearer ${await edge.freshToken()}`;
});

/** Calls of the gateway's service account to ocr-api: its proxy is the one that breaks the circuit. */
const callOcrApi = (lanes: number): Promise<ProbeAnswer[]> => {
  const call = { url: OCR_API, headers: { ...UNTRACED, authorization } };
  return probe(
    "gateway",
    Array.from({ length: CALLS }, () => call),
    lanes,
  );
};

const p99 = (answers: ProbeAnswer[]): number =>
  percentile(
    answers.map(({ ms }) => ms),
    0.99,
  );

interface DestinationRule {
  spec: {
    trafficPolicy: {
      connectionPool: { tcp: { maxConnections: number }; http: { http1MaxPendingRequests: number } };
    };
  };
}

/** How many calls a caller's proxy lets stand at once: one on each connection, and those that wait for one. */
const capacityOf = async (destination: string): Promise<number> => {
  const rule: DestinationRule = JSON.parse(await kubectl("get", "destinationrule", destination, "-o", "json"));
  const { tcp, http } = rule.spec.trafficPolicy.connectionPool;
  return tcp.maxConnections + http.http1MaxPendingRequests;
};

/** Lets the proxy of a service treat each call that comes in so (Envoy's HTTPFault), after it has logged it: each attempt is seen. */
const faultIn = (app: string, fault: object) => ({
  apiVersion: "networking.istio.io/v1alpha3",
  kind: "EnvoyFilter",
  metadata: { name: `test-fault-in-${app}` },
  spec: {
    workloadSelector: { labels: { app } },
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
              ...fault,
            },
          },
        },
      },
    ],
  },
});

const ALWAYS = { numerator: 100, denominator: "HUNDRED" };

/** Calls of a service that takes a while: as many stand at once as are made, however fast the machine is. */
const whileSlow = async (app: "ocr-api" | "gateway", url: string, work: () => Promise<void>): Promise<void> => {
  const slow = faultIn(app, { delay: { fixed_delay: `${SLOW_MS / 1000}s`, percentage: ALWAYS } });
  await withApplied(slow, async () => {
    const calls = Array.from({ length: 8 }, () => ({ url, headers: { authorization } }));
    const isSlow = async (): Promise<void> => {
      for (const { ms } of await probe(app === "gateway" ? "lectura-istio" : "gateway", calls))
        expect(ms).toBeGreaterThanOrEqual(SLOW_MS);
    };
    await vi.waitFor(isSlow, { timeout: 30_000, interval: 1000 });
    await work();
  });
};

test("more calls than ocr-api takes are refused at once, and the others hardly feel it", async () => {
  await whileSlow("ocr-api", OCR_API, async () => {
    const capacity = await capacityOf("ocr-api");
    const calm = await callOcrApi(Math.floor(capacity / 2));
    expect(tally(calm.map(({ status }) => status))).toBe(`200 ×${CALLS}`);

    const crowded = await callOcrApi(Math.ceil(1.25 * capacity));
    const refused = crowded.filter(({ status }) => status === 503);
    const survivors = crowded.filter(({ status }) => status === 200);
    const prober = "prober-gateway";
    const overflows = await sumOfStats([prober], "outbound.8082..ocr-api.*(rq_pending_overflow|cx_overflow)");
    report(
      "circuit breaker: calls refused, of 3000 with a quarter more at once than it takes",
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
});

test("more calls than the gateway takes are refused by the edge", async () => {
  await whileSlow("gateway", "http://gateway:8080/openapi.json", async () => {
    const lanes = Math.ceil(1.25 * (await capacityOf("gateway")));
    const answers = await getMany(`${edge.url}/openapi.json`, { count: 3 * lanes, lanes });
    const statuses = tally(answers.map(({ status }) => status));
    report(`the edge's circuit breaker: ${lanes} calls at once`, statuses);
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(lanes / 2);
  });
});

/** Makes a call that fails, and answers its id. */
const fail = async (method: string, path: string): Promise<string> => {
  // No UUID: Envoy writes into those whether the call is traced.
  const id = `failing-${method}-${Date.now()}`;
  const headers = { authorization, "x-request-id": id, "x-envoy-fault-abort-request": "503" };
  const body = method === "POST" ? { body: "x" } : {};
  const [answer] = await probe("gateway", [{ url: `http://ocr-api:8082${path}`, method, headers, ...body }]);
  expect(answer?.status).toBe(503);
  return id;
};

/** Envoy writes its log every ten seconds. */
const untilLogged = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 12_000));

test("a GET that fails is repeated by the mesh, a POST never is", async () => {
  await withApplied(faultIn("ocr-api", { abort: { header_abort: {}, percentage: ALWAYS } }), async () => {
    await vi.waitFor(
      async () => {
        const headers = { authorization, "x-envoy-fault-abort-request": "503" };
        const calls = Array.from({ length: 8 }, () => ({ url: OCR_API, headers }));
        expect((await probe("gateway", calls)).map(({ status }) => status)).toEqual(calls.map(() => 503));
      },
      { timeout: 30_000, interval: 1000 },
    );
    const [get, post] = [await fail("GET", "/v1/limits"), await fail("POST", "/v1/documents")];
    await untilLogged();
    const logs = await Promise.all((await podsOf("app=ocr-api")).map(({ metadata }) => accessLog(metadata.name)));
    const lines = logs.join("\n").split("\n");
    const [gets, posts] = [get, post].map((id) => lines.filter((line) => line.includes(id)).length);
    report("attempts that reach ocr-api: a failing GET, a failing POST", `${gets}, ${posts}`);
    expect(gets).toBeGreaterThan(1);
    expect(posts).toBe(1);
  });
});
