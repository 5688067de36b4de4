import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { generatedFiles, parseCallGraph, readCallGraph } from "@lectura/mesh";
import { beforeAll, describe, expect, it } from "vitest";
import {
  authorizedByGraph,
  authorizedByManifests,
  deniesTheRest,
  difference,
  knownByGraph,
  knownByManifests,
  passedByGraph,
  passedByManifests,
  type Shape,
} from "./mesh/arrows.ts";
import { change } from "./mesh/change.ts";
import { combine, type Manifest, render } from "./render.ts";

const graph = readCallGraph();

/** Where manifests and graph say different things. */
const differences = (manifests: Manifest[], shape: Shape): string[] => {
  const [wanted, found] = [passedByGraph(graph, shape), passedByManifests(graph, manifests)];
  const packets = [...difference(wanted.in, found.in), ...difference(wanted.out, found.out)];
  const rest = deniesTheRest(manifests) ? [] : ["packets pass that no policy speaks of"];
  if (!shape.mesh) return [...packets, ...rest];
  return [
    ...packets,
    ...rest,
    ...difference(authorizedByGraph(graph), authorizedByManifests(graph, manifests)),
    ...difference(knownByGraph(graph, shape), knownByManifests(manifests)),
  ];
};

const MESH = { mesh: true, outside: [] };
const component = (name: string): string => `k8s/components/${name}`;

let mesh: Manifest[];
let plain: Manifest[];
beforeAll(async () => {
  mesh = await render("k8s/overlays/kind-mesh");
  plain = await render("k8s/overlays/kind");
});

describe("the call graph", () => {
  it.each<[overlay: string, shape: Shape]>([
    ["kind", { mesh: false, outside: [] }],
    ["kind-mesh", MESH],
    ["gke", { mesh: false, outside: ["s3"] }],
    ["gke-mesh", { mesh: true, outside: ["s3"] }],
  ])("is what the policies of the overlay %s say", async (overlay, shape) => {
    expect(differences(await render(`k8s/overlays/${overlay}`), shape)).toEqual([]);
  });

  it("is what they say in a mesh without a canary", async () => {
    const manifests = await combine({ resources: ["k8s/overlays/kind"], components: [component("mesh")] });
    expect(differences(manifests, MESH)).toEqual([]);
  });

  it("justifies what they say in a mesh with a Redis outside of it", async () => {
    const components = ["mesh", "managed-redis", "mesh/managed-redis"].map(component);
    const manifests = await combine({ resources: ["k8s/overlays/kind"], components });
    const found = differences(manifests, { mesh: true, outside: ["redis"] });
    // What is only in the graph is the Redis that is not there.
    expect(found.filter((each) => !/^only in the call graph: .*redis/.test(each))).toEqual([]);
    expect(knownByManifests(manifests)).toContain("auth ⇢ ./redis.outside");
  });

  it("has left no file behind of what is not in it any more", async () => {
    const paths = generatedFiles().map(({ path }) => path);
    const folders = [...new Set(paths.map(dirname))];
    const root = join(import.meta.dirname, "../..");
    const found = await Promise.all(
      folders.map(async (folder) => {
        const entries = await readdir(join(root, folder), { withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
      }),
    );
    expect(found.flat().toSorted()).toEqual(paths.toSorted());
  });

  it.each([
    ["an unknown caller", "calls: [{ from: [mail], to: [auth] }]"],
    ["an unknown callee", "calls: [{ from: [gateway], to: [mail] }]"],
    ["a route without a method", "calls: [{ from: [gateway], to: [auth], routes: { /livez: safe } }]"],
    [
      "a route that says not whether it may be repeated",
      "calls: [{ from: [gateway], to: [auth], routes: { GET /livez: } }]",
    ],
    ["a word that nobody knows", "calls: [{ from: [gateway], to: [auth], retries: 3 }]"],
  ])("refuses %s", (_, yaml) => {
    expect(() => parseCallGraph(yaml)).toThrow(/calls/);
  });
});

const RULE = "spec.rules.0";
const everybody = [{ podSelector: {} }];
const [port] = [{ port: 9081, protocol: "TCP" }];

describe("a policy that the graph does not justify is found:", () => {
  it.each<[finding: string, of: string, path?: string, value?: unknown]>([
    [
      "not in the call graph: ocr-worker → auth:8081 POST /oauth/token",
      "AuthorizationPolicy/auth",
      `${RULE}.from.0.source.serviceAccounts`,
      ["gateway", "ocr-worker"],
    ],
    [
      "not in the call graph: gateway → auth:8081 GET /v1/nothing",
      "AuthorizationPolicy/auth",
      `${RULE}.to.1.operation.paths`,
      ["/v1/nothing"],
    ],
    [
      "not in the call graph: gateway → auth:8081 PATCH /v1/api-keys/{*}",
      "AuthorizationPolicy/auth",
      `${RULE}.to.2.operation.methods`,
      ["PATCH"],
    ],
    [
      "not in the call graph: gateway → auth:9081 DELETE /v1/api-keys/{*}",
      "AuthorizationPolicy/auth",
      `${RULE}.to.2.operation.ports`,
      ["9081"],
    ],
    ["not in the call graph: gateway → auth:8081 DELETE", "AuthorizationPolicy/auth", `${RULE}.to.2.operation.paths`],
    ["not in the call graph: anybody → redis:6379", "AuthorizationPolicy/redis", `${RULE}.from`],
    [
      "not in the call graph: gateway → ocr-api:8082 POST /v1/documents",
      "AuthorizationPolicy/ocr-api",
      `${RULE}.from.0.source.requestPrincipals`,
    ],
    ["not in the call graph: anywhere → ocr-api:8082/TCP", "NetworkPolicy/ocr-api", "spec.ingress.0.from"],
    ["not in the call graph: every pod → redis:6379/TCP", "NetworkPolicy/redis", "spec.ingress.0.from", everybody],
    ["not in the call graph: gateway → auth:9081/TCP", "NetworkPolicy/auth", "spec.ingress.0.ports", [port]],
    ["not in the call graph: ocr-worker → anywhere:6379/TCP", "NetworkPolicy/ocr-worker", "spec.egress.0.to"],
    [
      "not in the call graph: ocr-worker → 0.0.0.0/0:6379/TCP",
      "NetworkPolicy/ocr-worker",
      "spec.egress.0.to",
      [{ ipBlock: { cidr: "0.0.0.0/0" } }],
    ],
    ["not in the call graph: ocr-worker ⇢ ./*", "Sidecar/ocr-worker", "spec.egress.0.hosts", ["./*"]],
    ["not in the call graph: everybody ⇢ ./*", "Sidecar/default", "spec.egress.0.hosts", ["./*"]],
  ])("%s (%s %s)", (finding, of, path, value) => {
    expect(differences(change(mesh, of, path, value), MESH)).toContain(finding);
  });

  it("not in the call graph: anywhere → gateway:8080/TCP (the way in of a platform without a mesh, left in one)", () => {
    const manifests = [...mesh, ...plain.filter(({ metadata }) => metadata.name === "plain-clients")];
    expect(differences(manifests, MESH)).toContain("not in the call graph: anywhere → gateway:8080/TCP");
  });
});

describe("a policy that is not there is found:", () => {
  it.each([
    ["packets pass that no policy speaks of", "NetworkPolicy/deny-all"],
    ["only in the call graph: edge → gateway:8080/TCP", "NetworkPolicy/mesh-edge"],
    ["only in the call graph: edge → gateway:8080/TCP", "NetworkPolicy/mesh-edge-to-gateway"],
    ["only in the call graph: istio-system → every pod:15020/TCP", "NetworkPolicy/mesh-proxies"],
    ["only in the call graph: every pod → kube-system:53/UDP", "NetworkPolicy/infrastructure"],
    ["only in the call graph: gateway → auth:8081/TCP", "NetworkPolicy/auth"],
    ["only in the call graph: edge → gateway:8080", "AuthorizationPolicy/gateway"],
    ["only in the call graph: anybody → edge:80", "AuthorizationPolicy/edge"],
    [
      "only in the call graph: gateway with a token → ocr-api:8082 GET /v1/documents/{*}",
      "AuthorizationPolicy/ocr-api",
    ],
    ["only in the call graph: ocr-worker → redis:6379", "AuthorizationPolicy/redis"],
    ["only in the call graph: gateway ⇢ ./auth.lectura.svc.cluster.local", "Sidecar/gateway"],
  ])("%s (%s)", (finding, of) => {
    expect(differences(change(mesh, of), MESH)).toContain(finding);
  });
});
