import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readCallGraph } from "@lectura/mesh";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { change } from "./mesh/change.ts";
import { identityFaults } from "./mesh/identity.ts";
import { allOf, VirtualService, Workload } from "./mesh/kinds.ts";
import { resilienceFaults } from "./mesh/resilience.ts";
import { routingFaults } from "./mesh/routing.ts";
import { combine, type Manifest, manifestsIn, render } from "./render.ts";

const root = join(import.meta.dirname, "../..");
const graph = readCallGraph();

const faultsOf = (manifests: Manifest[]): string[] => [
  ...routingFaults(manifests),
  ...resilienceFaults(graph, manifests),
  ...identityFaults(manifests, graph.edge.serviceAccount),
];

const MESH = "k8s/overlays/kind-mesh";
let mesh: Manifest[];
beforeAll(async () => {
  mesh = await render(MESH);
});

describe("the mesh", () => {
  it.each([MESH, "k8s/overlays/gke-mesh"])("of %s has no fault", async (overlay) => {
    expect(faultsOf(await render(overlay))).toEqual([]);
  });

  it("works without a canary: every call goes to the safe release", async () => {
    const manifests = await combine({ resources: ["k8s/overlays/kind"], components: ["k8s/components/mesh"] });
    expect(faultsOf(manifests)).toEqual([]);
    expect(JSON.stringify(manifests)).not.toContain("risky");
  });

  it.each(["auth-delay", "auth-abort"])("takes %s on every call but the one whether auth is there", async (fault) => {
    const manifests = await combine({ resources: [MESH], components: [`k8s/components/chaos/${fault}`] });
    expect(faultsOf(manifests)).toEqual([]);
    const services = allOf(manifests, "VirtualService", VirtualService);
    const [first, ...others] = services.find(({ metadata }) => metadata.name === "auth-canary-vs")?.spec.http ?? [];
    expect(first?.match).toEqual([{ uri: { exact: "/livez" } }]);
    expect(first).not.toHaveProperty("fault");
    expect(others).toHaveLength(3);
    for (const rule of others) expect(rule).toHaveProperty("fault");
  });
});

const podOf = (name: string, manifests: Manifest[]) =>
  allOf(manifests, "Deployment", Workload).find(({ metadata }) => metadata.name === name)?.spec.template;

describe("the canary", () => {
  it("is a pod like auth's, of another version", () => {
    const [auth, canary] = [podOf("auth", mesh), podOf("auth-canary", mesh)];
    expect(canary?.spec).toEqual(auth?.spec);
    const release = { version: "risky", "service.istio.io/canonical-revision": "risky" };
    expect(canary?.metadata.labels).toEqual({ ...auth?.metadata.labels, ...release });
    expect(canary?.metadata["annotations"]).toEqual(auth?.metadata["annotations"]);
  });

  it("gets an image of its own by the patch that its component shows, whatever the others are called", async () => {
    const component = await readFile(join(root, "k8s/components/auth-canary/kustomization.yaml"), "utf8");
    const example = [...component.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line).join("\n");
    const { patches } = z.object({ patches: z.array(z.unknown()) }).parse(parse(example));
    const images = [{ name: "lectura/auth", newTag: "1.0.0" }];
    const manifests = await combine({ resources: [MESH], components: [], images, patches });
    expect(podOf("auth", manifests)).toHaveProperty("spec.containers.0.image", "lectura/auth:1.0.0");
    const image = "registry.example/lectura/auth:1.1.0";
    expect(podOf("auth-canary", manifests)).toHaveProperty("spec.containers.0.image", image);
  });
});

describe("a fault is found:", () => {
  const VS = "VirtualService/auth-canary-vs";
  const DR = "DestinationRule/auth-canary-dr";

  it.each<[finding: string, of: string, path?: string, value?: unknown]>([
    // Where calls go
    [
      "VirtualService auth-canary-vs, primary: the weights add up to 140, not 100",
      VS,
      "spec.http.2.route.0.weight",
      130,
    ],
    [
      "VirtualService auth-canary-vs, primary: auth has no subset rash-group",
      VS,
      "spec.http.2.route.1.destination.subset",
      "rash-group",
    ],
    [
      "VirtualService auth-canary-vs, primary: there is no Service login",
      VS,
      "spec.http.2.route.0.destination.host",
      "login",
    ],
    ["DestinationRule auth-canary-dr: subset has no name", DR, "spec.subsets.1.name"],
    [
      "DestinationRule auth-canary-dr: no Deployment has pods for subset risky-group",
      DR,
      "spec.subsets.1.labels.version",
      "rash",
    ],
    ["DestinationRule auth-canary-dr: no Deployment has pods for subset risky-group", "Deployment/auth-canary"],
    // How long, how often, how many
    ["gateway → auth GET /v1/auth/me ends after 1 s and may take 5 s", VS, "spec.http.2.timeout", "1s"],
    ["VirtualService auth-canary-vs, pinned-to-canary: waits Infinity s for what takes 5 s", VS, "spec.http.0.timeout"],
    [
      "gateway → ocr-api GET /v1/documents/:id ends after 15 s and may take 60 s",
      "VirtualService/ocr-api",
      "spec.http.1.timeout",
      "15s",
    ],
    [
      "gateway → ocr-api POST /v1/documents ends after 15 s and may take 60 s",
      "VirtualService/ocr-api",
      "spec.http.2.timeout",
      "15s",
    ],
    [
      "gateway → ocr-api GET /v1/documents/:id/result ends after 70 s and may take Infinity s",
      "VirtualService/ocr-api",
      "spec.http.0.timeout",
      "70s",
    ],
    [
      "gateway → ocr-api POST /v1/documents may be made twice, on 503",
      "VirtualService/ocr-api",
      "spec.http.2.retries.retryOn",
      "connect-failure,503",
    ],
    [
      "gateway → ocr-api POST /v1/documents may be made twice, on 503",
      "VirtualService/ocr-api",
      "spec.http.1.match",
      [{ method: { regex: ".*" } }],
    ],
    [
      "gateway → auth POST /v1/api-keys is repeated by its caller and by the mesh, too",
      VS,
      "spec.http.2.retries.attempts",
      2,
    ],
    ["gateway → auth POST /v1/api-keys is repeated by its caller and by the mesh, too", VS, "spec.http.2.retries"],
    [
      "ocr-api has no circuit breaker",
      "DestinationRule/ocr-api",
      "spec.trafficPolicy.connectionPool.http.http2MaxRequests",
    ],
    ["ocr-api has no circuit breaker", "DestinationRule/ocr-api"],
    ["Sidecar ocr-api: keeps idle connections for 3600 s", "Sidecar/ocr-api", "spec.inboundConnectionPool"],
    ["gateway: nothing ejects a failing pod", "DestinationRule/gateway", "spec.trafficPolicy.outlierDetection"],
    ["auth, risky-group: none of 1 pods can be ejected at 50 %", DR, "spec.subsets.1.trafficPolicy"],
    // Who is who
    ["PeerAuthentication: nothing makes the whole namespace STRICT", "PeerAuthentication/default"],
    ["PeerAuthentication default: lets plain text in", "PeerAuthentication/default", "spec.mtls.mode", "PERMISSIVE"],
    [
      "PeerAuthentication default: lets plain text in",
      "PeerAuthentication/default",
      "spec.portLevelMtls",
      { 8081: { mode: "PERMISSIVE" } },
    ],
    ["AuthorizationPolicy: nothing denies all that is not allowed", "AuthorizationPolicy/deny-all"],
    [
      "AuthorizationPolicy redis: there is no ServiceAccount mail",
      "AuthorizationPolicy/redis",
      "spec.rules.0.from.0.source.serviceAccounts",
      ["mail"],
    ],
    [
      "AuthorizationPolicy redis: spells out a namespace, which Kustomize does not follow",
      "AuthorizationPolicy/redis",
      "spec.rules.0.from.0.source.principals",
      ["cluster.local/ns/lectura/sa/auth"],
    ],
    [
      "RequestAuthentication edge: believes https://else.where, the services http",
      "RequestAuthentication/edge",
      "spec.jwtRules.0.issuer",
      "https://else.where",
    ],
    [
      "RequestAuthentication ocr-api: takes tokens for anybody",
      "RequestAuthentication/ocr-api",
      "spec.jwtRules.0.audiences",
    ],
    [
      "RequestAuthentication edge: no Service has the keys at http://auth-keys.lectura.svc.cluster.local:8081/.well-known/jwks.json",
      "Service/auth-keys",
    ],
    [
      "Sidecar ocr-worker: lets calls out to anywhere",
      "Sidecar/ocr-worker",
      "spec.outboundTrafficPolicy.mode",
      "ALLOW_ANY",
    ],
    [
      "ocr-worker: its pods have no ServiceAccount of ours",
      "Deployment/ocr-worker",
      "spec.template.spec.serviceAccountName",
    ],
  ])("%s (%s %s)", (finding, of, path, value) => {
    expect(faultsOf(change(mesh, of, path, value)).filter((fault) => fault.startsWith(finding))).not.toEqual([]);
  });
});

/** A figure with auth under the name it has here; nothing else in it is changed. */
const figure = async (name: string): Promise<Manifest[]> => {
  const yaml = await readFile(join(import.meta.dirname, "thesis", name), "utf8");
  return manifestsIn(yaml.replaceAll(/guane-ocr-auth-service(\.default\.svc\.cluster\.local)?/g, "auth"));
};

describe("the thesis", () => {
  it("figure 8 works against our DestinationRule", async () => {
    const others = change(mesh, "VirtualService/auth-canary-vs");
    expect(routingFaults([...others, ...(await figure("fig8-virtual-service.yaml"))])).toEqual([]);
  });

  it("figure 9 is refused, because its subsets have no name: it slipped under the labels", async () => {
    const others = change(mesh, "DestinationRule/auth-canary-dr");
    const faults = routingFaults([...others, ...(await figure("fig9-destination-rule.yaml"))]);
    const reason = "DestinationRule auth-canary-dr: subset has no name: `name` stands under labels";
    expect(faults.filter((fault) => fault === reason)).toHaveLength(2);
  });
});
