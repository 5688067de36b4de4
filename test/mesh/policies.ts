import { spawn } from "node:child_process";
import { once } from "node:events";
import { root } from "../fixtures/platform.ts";
import { apply, kubectl } from "./fixtures/kubectl.ts";

/** The kinds that say what may happen in the mesh. */
const KINDS = [
  "peerauthentications.security.istio.io",
  "authorizationpolicies.security.istio.io",
  "requestauthentications.security.istio.io",
  "virtualservices.networking.istio.io",
  "destinationrules.networking.istio.io",
  "sidecars.networking.istio.io",
  "telemetries.telemetry.istio.io",
  "gateways.gateway.networking.k8s.io",
  "httproutes.gateway.networking.k8s.io",
  "networkpolicies.networking.k8s.io",
];

const MAIN_JOB = ["main-job", "carta.png goes in"] as const;
const CANARY = ["canary", "a tenth of the calls"] as const;

/** Which test shows a policy, by kind and name: without the policy that test fails. */
const SHOWN_BY: Record<string, readonly [file: string, test: string]> = {
  "PeerAuthentication/default": ["mtls", "plaintext from outside the mesh does not get into auth"],
  "AuthorizationPolicy/deny-all": ["authorization", "a workload that the call graph does not know is called by nobody"],
  "AuthorizationPolicy/edge": MAIN_JOB,
  "AuthorizationPolicy/gateway": MAIN_JOB,
  "AuthorizationPolicy/auth": MAIN_JOB,
  "AuthorizationPolicy/ocr-api": MAIN_JOB,
  "AuthorizationPolicy/redis": ["authorization", "Redis hears auth only"],
  "RequestAuthentication/edge": ["main-job", "the edge refuses a wrong token"],
  "RequestAuthentication/ocr-api": MAIN_JOB,
  "VirtualService/auth-canary-vs": CANARY,
  "VirtualService/ocr-api": ["circuit-breaker", "a GET that fails is repeated"],
  "DestinationRule/auth-canary-dr": CANARY,
  "DestinationRule/ocr-api": ["circuit-breaker", "more calls than ocr-api"],
  "DestinationRule/gateway": ["circuit-breaker", "more calls than the gateway"],
  "DestinationRule/redis": ["connections", "the proxies ask silent connections"],
  "Sidecar/default": ["scoping", "a workload that the call graph does not know"],
  "Sidecar/gateway": ["scoping", "the proxy of gateway"],
  "Sidecar/auth": ["scoping", "the proxy of auth"],
  "Sidecar/ocr-api": ["scoping", "the proxy of ocr-api"],
  "Sidecar/ocr-worker": ["scoping", "the proxy of ocr-worker"],
  "Sidecar/redis": ["scoping", "the proxy of redis"],
  "Telemetry/lectura": ["trace", "no header"],
  "Gateway/lectura": MAIN_JOB,
  "HTTPRoute/lectura": MAIN_JOB,
  "NetworkPolicy/deny-all": ["network-policies", "a pod that no policy knows"],
  "NetworkPolicy/infrastructure": ["network-policies", "every pod finds names"],
  "NetworkPolicy/gateway": ["network-policies", "who is let through"],
  "NetworkPolicy/auth": ["network-policies", "who is let through"],
  "NetworkPolicy/ocr-api": ["network-policies", "who is let through"],
  "NetworkPolicy/ocr-worker": ["network-policies", "who is let through"],
  "NetworkPolicy/redis": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-proxies": ["network-policies", "every proxy reaches istiod"],
  "NetworkPolicy/mesh-edge": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-edge-to-gateway": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-edge-to-auth": ["network-policies", "who is let through"],
};

interface Policy {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: object;
}

const policies = async (): Promise<Policy[]> => {
  const found: { items: Policy[] } = JSON.parse(await kubectl("get", KINDS.join(","), "-o", "json"));
  return found.items
    .filter(({ metadata }) => !metadata.name.startsWith("test-"))
    .map(({ apiVersion, kind, metadata: { name, labels = {} }, spec }) => ({
      apiVersion,
      kind,
      metadata: { name, labels },
      spec,
    }));
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** So long a change may take to every proxy and to the packet filter. */
const PUSH_MS = 5000;

const passes = async ([file, test]: readonly [string, string]): Promise<boolean> => {
  const pattern = test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const args = ["run", "--project=mesh", `test/mesh/${file}.test.ts`, "-t", pattern, "--passWithNoTests=false"];
  const vitest = spawn("vitest", args, { cwd: root, stdio: "ignore" });
  const [code]: (number | null)[] = await once(vitest, "exit");
  return code === 0;
};

/** Takes a policy away, sees whether its test notices, and puts it back. */
const verdictOn = async (policy: Policy): Promise<string> => {
  const test = SHOWN_BY[`${policy.kind}/${policy.metadata.name}`];
  if (!test) return "no test is named for it";
  if (!(await passes(test))) return `its test fails with the policy in place: ${test.join(": ")}`;
  await kubectl("delete", policy.kind.toLowerCase(), policy.metadata.name);
  try {
    await pause(PUSH_MS);
    return (await passes(test)) ? `nobody noticed: ${test.join(": ")}` : "noticed";
  } finally {
    await apply(policy);
    await pause(PUSH_MS);
  }
};

/** Takes every policy of the platform away in turn; answers how many were noticed. */
export const removeEachPolicy = async (only: string[]): Promise<{ noticed: number; unnoticed: number }> => {
  const count = { noticed: 0, unnoticed: 0 };
  const chosen = (await policies()).filter(
    ({ kind, metadata }) => only.length === 0 || only.includes(`${kind}/${metadata.name}`),
  );
  for (const policy of chosen) {
    const verdict = await verdictOn(policy);
    count[verdict === "noticed" ? "noticed" : "unnoticed"] += 1;
    console.log(`${verdict === "noticed" ? "✓" : "✗"} without ${policy.kind}/${policy.metadata.name}: ${verdict}`);
  }
  return count;
};
