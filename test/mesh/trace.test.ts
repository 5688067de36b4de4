import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sample } from "../fixtures/client.ts";
import { apply, kubectl, kubectlWith, rolledOut } from "./fixtures/kubectl.ts";
import { OUTSIDE } from "./fixtures/prober-manifests.ts";
import { atTheEdge, type Edge, getMany } from "./fixtures/edge.ts";
import { readTrace } from "./fixtures/jaeger.ts";
import { report } from "./fixtures/report.ts";

const SPAN = "b7ad6b7169203331";
const newTraceId = (): string => randomBytes(16).toString("hex");
const [single, multi, w3c, both] = [newTraceId(), newTraceId(), newTraceId(), newTraceId()];
const [winner, loser] = [newTraceId(), newTraceId()];
const traceparent = (traceId: string): string => `00-${traceId}-${SPAN}-01`;

const callers: [name: string, headers: Record<string, string>, expected: string | undefined][] = [
  ["no header", {}, undefined],
  ["B3 single", { b3: `${single}-${SPAN}-1` }, single],
  ["B3 multi", { "x-b3-traceid": multi, "x-b3-spanid": SPAN, "x-b3-sampled": "1" }, multi],
  ["W3C", { traceparent: traceparent(w3c) }, w3c],
  ["both", { traceparent: traceparent(both), b3: `${both}-${SPAN}-1` }, both],
  ["both, in conflict", { traceparent: traceparent(loser), b3: `${winner}-${SPAN}-1` }, winner],
];

/** Every hop of a one-page document, proxies included: who calls whom, by service and kind of span. */
const EDGES = new Set([
  "lectura-istio.lectura server → lectura-istio.lectura client",
  "lectura-istio.lectura client → gateway.lectura server",
  "gateway.lectura server → gateway server",
  "gateway server → gateway client",
  "gateway client → gateway.lectura client",
  "gateway.lectura client → ocr-api.lectura server",
  "ocr-api.lectura server → ocr-api server",
  "ocr-api server → ocr-api producer",
  "ocr-api producer → ocr-worker consumer",
  "ocr-worker consumer → ocr-worker internal",
]);

/** The news of its end hangs below the call that it came in by. */
const EDGES_TO_THE_RECEIVER = new Set([
  ...EDGES,
  "ocr-api server → courier internal",
  "courier internal → courier client",
]);

let edge: Edge;
let authorization: string;
/** After it every replica has the keys that verify tokens, and asks for none in the middle of a trace. */
const warmUp = (): Promise<unknown> => getMany(`${edge.url}/v1/limits`, { count: 40, headers: { authorization } });
beforeAll(async () => {
  edge = await atTheEdge();
  authorization = `Bearer ${await edge.freshToken()}`;
  await warmUp();
});

test.each(callers)("one trace from the client to the engine: %s", async (name, headers, expected) => {
  const { bytes } = await sample("recibo.jpg");
  const answer = await fetch(`${edge.url}/v1/documents`, {
    method: "POST",
    body: bytes,
    // A result that was found would have no engine in its trace.
    headers: { authorization, prefer: "wait=60", "cache-control": "no-cache", ...headers },
  });
  expect(answer.status).toBe(200);
  const traceId = answer.headers.get("x-trace-id") ?? "";
  if (expected) expect(traceId).toBe(expected);
  expect(await answer.json()).toMatchObject({ trace_id: traceId });
  await vi.waitFor(async () => expect(new Set((await readTrace(traceId))?.edges)).toEqual(EDGES), {
    timeout: 30_000,
    interval: 1000,
  });
  report(`trace, ${name}`, `${(await readTrace(traceId))?.spans.length} spans, ${EDGES.size} kinds of edge`);
});

/** Tells courier, who calls, and ocr-api, who accepts, what they may call besides the public; `-` at the end of the name takes it back. */
const allow = async (change: string): Promise<void> => {
  await kubectl("set", "env", "deployment/courier", "deployment/ocr-api", change);
  for (const service of ["courier", "ocr-api"]) await rolledOut(`deployment/${service}`);
};

describe("a webhook", () => {
  // The receiver is the pod outside of the mesh, whose address is private: for this test alone it may be called.
  const opening = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "test-receiver" },
    spec: {
      podSelector: { matchLabels: { app: "courier" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": OUTSIDE } } }] }],
    },
  };
  let receiver: string;
  beforeAll(async () => {
    receiver = await kubectl("-n", OUTSIDE, "get", "pod", "outsider", "-o", "jsonpath={.status.podIP}");
    await apply(opening);
    await allow(`LECTURA_COURIER_ALLOW=${receiver}`);
    await warmUp();
  });
  afterAll(async () => {
    await allow("LECTURA_COURIER_ALLOW-");
    await kubectlWith(JSON.stringify(opening), "delete", "-f", "-");
  });

  test("is told in the trace of its document", async () => {
    const { bytes } = await sample("recibo.jpg");
    const callback = encodeURIComponent(`http://${receiver}:8090/hook`);
    const answer = await fetch(`${edge.url}/v1/documents?callback_url=${callback}`, {
      method: "POST",
      body: bytes,
      headers: { authorization, prefer: "wait=60", "cache-control": "no-cache" },
    });
    expect(answer.status).toBe(200);
    const traceId = answer.headers.get("x-trace-id") ?? "";
    await vi.waitFor(async () => expect(new Set((await readTrace(traceId))?.edges)).toEqual(EDGES_TO_THE_RECEIVER), {
      timeout: 60_000,
      interval: 1000,
    });
  });
});
