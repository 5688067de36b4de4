import { beforeAll, describe, expect, test } from "vitest";
import { build } from "./combinations.ts";
import { change } from "./mesh/change.ts";
import { configurationFaults } from "./platform/configuration.ts";
import { drainingFaults } from "./platform/draining.ts";
import { podFaults } from "./platform/pod.ts";
import { scalingFaults } from "./platform/scaling.ts";
import { selectionFaults } from "./platform/selection.ts";
import type { Manifest } from "./render.ts";
import { schemaFaults } from "./schemas.ts";

const KEYS = ["REDIS_PASSWORD", "REDIS_URL", "LECTURA_KEY_SECRET", "LECTURA_WEBHOOK_SECRET", "LECTURA_FIRST_API_KEY"];

let manifests: Manifest[];
beforeAll(async () => {
  manifests = await build("kind-mesh + keda");
});

const faultsOf = (changed: Manifest[]): string[] => [
  ...podFaults(changed),
  ...selectionFaults(changed),
  ...scalingFaults(changed),
  ...configurationFaults(changed, { "lectura-secrets": KEYS }),
  ...drainingFaults(changed),
];

const POD = "spec.template.spec";
const CONTAINER = `${POD}.containers.0`;

test("as it is there is no fault", async () => {
  expect(faultsOf(manifests)).toEqual([]);
});

describe("a fault is found:", () => {
  test.each<[finding: string, of: string, path?: string, value?: unknown]>([
    // Pod security
    ["gateway: spec.securityContext.runAsNonRoot", "Deployment/gateway", `${POD}.securityContext.runAsNonRoot`],
    ["gateway: spec.securityContext.seccompProfile", "Deployment/gateway", `${POD}.securityContext.seccompProfile`],
    ["redis: spec.securityContext.runAsUser", "StatefulSet/redis", `${POD}.securityContext.runAsUser`, 0],
    ["gateway: spec.hostNetwork", "Deployment/gateway", `${POD}.hostNetwork`, true],
    ["gateway: spec.automountServiceAccountToken", "Deployment/gateway", `${POD}.automountServiceAccountToken`],
    ["auth-canary: spec.containers.0.securityContext", "Deployment/auth-canary", `${CONTAINER}.securityContext`],
    [
      "auth: spec.containers.0.securityContext.capabilities.drop",
      "Deployment/auth",
      `${CONTAINER}.securityContext.capabilities.drop`,
      ["NET_RAW"],
    ],
    [
      "ocr-api: spec.containers.0.securityContext.readOnlyRootFilesystem",
      "Deployment/ocr-api",
      `${CONTAINER}.securityContext.readOnlyRootFilesystem`,
      false,
    ],
    ["ocr-api: spec.volumes.0", "Deployment/ocr-api", `${POD}.volumes.0`, { name: "tmp", emptyDir: {} }],
    ["ocr-api: spec.volumes.0", "Deployment/ocr-api", `${POD}.volumes.0`, { name: "tmp", hostPath: { path: "/tmp" } }],
    // Containers
    ["gateway: spec.containers.0.image: has no tag, or latest", "Deployment/gateway", `${CONTAINER}.image`, "gateway"],
    [
      "redis: spec.containers.0.image: has no tag, or latest",
      "StatefulSet/redis",
      `${CONTAINER}.image`,
      "redis:latest",
    ],
    [
      "gateway: spec.containers.0.resources: memory",
      "Deployment/gateway",
      `${CONTAINER}.resources.limits.memory`,
      "1Gi",
    ],
    ["gateway: spec.containers.0.resources.limits", "Deployment/gateway", `${CONTAINER}.resources.limits.cpu`, "1"],
    ["gateway: spec.containers.0.startupProbe", "Deployment/gateway", `${CONTAINER}.startupProbe`],
    [
      "gateway: spec.containers.0.probes: two probes ask the same",
      "Deployment/gateway",
      `${CONTAINER}.livenessProbe.httpGet.path`,
      "/readyz",
    ],
    ["auth: spec.containers.0.ports.0.name: does not name", "Deployment/auth", `${CONTAINER}.ports.0.name`, "web"],
    ["auth: spec.containers.0.env.0", "Deployment/auth", `${CONTAINER}.env.0.value`, "risky"],
    [
      "gateway: strategy.rollingUpdate.maxUnavailable",
      "Deployment/gateway",
      "spec.strategy.rollingUpdate.maxUnavailable",
      1,
    ],
    // Who selects whom
    ["Service auth: selects by more than app", "Service/auth", "spec.selector.version", "safe"],
    ["Service redis: no pod has its labels", "Service/redis", "spec.selector.app", "valkey"],
    ["Service redis: ports.0.name: does not name", "Service/redis", "spec.ports.0.name", "redis"],
    ["Service auth: its pods have no port web", "Service/auth", "spec.ports.0.targetPort", "web"],
    [
      "PodDisruptionBudget auth: no pod has its labels",
      "PodDisruptionBudget/auth",
      "spec.selector.matchLabels.app",
      "login",
    ],
    ["auth-canary: has not exactly one PodDisruptionBudget", "PodDisruptionBudget/auth"],
    ["PodDisruptionBudget redis: maxUnavailable", "PodDisruptionBudget/redis", "spec.maxUnavailable", 0],
    ["auth: selects the pods of auth-canary, too", "Deployment/auth", "spec.selector.matchLabels.version"],
    // How many there are
    [
      "HorizontalPodAutoscaler auth: there is no login",
      "HorizontalPodAutoscaler/auth",
      "spec.scaleTargetRef.name",
      "login",
    ],
    [
      "ocr-worker: is scaled by HorizontalPodAutoscaler auth and ScaledObject ocr-worker",
      "HorizontalPodAutoscaler/auth",
      "spec.scaleTargetRef.name",
      "ocr-worker",
    ],
    ["gateway: has replicas", "Deployment/gateway", "spec.replicas", 3],
    ["ocr-api: nobody says how many there are", "HorizontalPodAutoscaler/ocr-api"],
    [
      "HorizontalPodAutoscaler auth: auth has no container proxy",
      "HorizontalPodAutoscaler/auth",
      "spec.metrics.0.containerResource.container",
      "proxy",
    ],
    // What pods are told
    ["gateway: there is no ServiceAccount gateway", "ServiceAccount/gateway"],
    ["ocr-api: there is no claim documents", "PersistentVolumeClaim/documents"],
    ["redis: there is no volume logs", "StatefulSet/redis", `${CONTAINER}.volumeMounts.0.name`, "logs"],
    [
      "auth: REDIS_URL is to come from REDIS_URI of lectura-secrets",
      "Deployment/auth",
      `${CONTAINER}.env.1.valueFrom.secretKeyRef.key`,
      "REDIS_URI",
    ],
    [
      "auth: REDIS_URL is written out",
      "Deployment/auth",
      `${CONTAINER}.env.1`,
      { name: "REDIS_URL", value: "redis://x" },
    ],
    ["auth: needs REDIS_URL", "Deployment/auth", `${CONTAINER}.env.1`, { name: "REDIS_URI", value: "redis://x" }],
    ["auth: no service knows REDIS_URI", "Deployment/auth", `${CONTAINER}.env.1`, { name: "REDIS_URI", value: "x" }],
    ["gateway: needs LECTURA_AUTH_URL", "Deployment/gateway", `${CONTAINER}.envFrom`, []],
    // How they stop
    ["gateway: needs 30 s to stop", "Deployment/gateway", `${POD}.terminationGracePeriodSeconds`, 30],
    ["gateway: needs 65 s to stop", "Deployment/gateway", `${CONTAINER}.lifecycle.preStop.sleep.seconds`, 40],
  ])("%s (%s %s)", (finding, of, path, value) => {
    expect(faultsOf(change(manifests, of, path, value)).filter((fault) => fault.startsWith(finding))).not.toEqual([]);
  });

  test("a secret, in a manifest or in the configuration", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "lectura-secrets" } };
    expect(faultsOf([...manifests, secret])).toEqual(["Secret lectura-secrets: is in git"]);
    const settings = manifests.find(
      ({ metadata }) => metadata.namespace === "lectura" && /^lectura-\w{10}$/.test(metadata.name),
    );
    const changed = change(manifests, `ConfigMap/${settings?.metadata.name}`, "data.LECTURA_KEY_SECRET", "abc");
    expect(faultsOf(changed)).toEqual([`ConfigMap ${settings?.metadata.name}: LECTURA_KEY_SECRET is written out`]);
  });

  test("what the schema of a kind does not have, or has otherwise", async () => {
    const broken: [finding: string, of: string, path: string, value: unknown][] = [
      [`"failureTreshold"' does not exist`, "Deployment/gateway", `${CONTAINER}.startupProbe.failureTreshold`, 3],
      ["not assignable to type 'number'", "Service/redis", "spec.ports.0.port", "6379"],
      [
        `"consecutive5xxErrorss"' does not exist`,
        "DestinationRule/gateway",
        "spec.trafficPolicy.outlierDetection",
        {
          consecutive5xxErrorss: 5,
        },
      ],
      ["required property name", "DestinationRule/auth-canary-dr", "spec.subsets.0.name", undefined],
      ["required property triggers", "ScaledObject/ocr-worker", "spec.triggers", undefined],
      ["allowed values", "PeerAuthentication/default", "spec.mtls.mode", "STRICTER"],
      [`"parentReffs"' does not exist`, "HTTPRoute/lectura", "spec.parentReffs", []],
    ];
    for (const [finding, of, path, value] of broken) {
      const faults = await schemaFaults(change(manifests, of, path, value));
      expect(faults.join("\n")).toContain(finding);
    }
  });
});
