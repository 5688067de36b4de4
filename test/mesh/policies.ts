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
  "DestinationRule/redis": ["connections", "a proxy asks a silent connection"],
  "Sidecar/default": ["scoping", "a workload that the call graph does not know"],
  "Sidecar/gateway": ["scoping", "the proxy of gateway"],
  "Sidecar/auth": ["scoping", "the proxy of auth"],
  "Sidecar/ocr-api": ["scoping", "the proxy of ocr-api"],
  "Sidecar/ocr-worker": ["scoping", "the proxy of ocr-worker"],
  "Sidecar/courier": ["scoping", "the proxy of courier"],
  "Telemetry/lectura": ["logs", "the proxies log what failed"],
  "Gateway/lectura": MAIN_JOB,
  "HTTPRoute/lectura": MAIN_JOB,
  "NetworkPolicy/infrastructure": ["network-policies", "every pod finds names"],
  "NetworkPolicy/gateway": ["network-policies", "who is let through"],
  "NetworkPolicy/auth": ["network-policies", "who is let through"],
  "NetworkPolicy/ocr-api": ["network-policies", "who is let through"],
  "NetworkPolicy/ocr-worker": ["network-policies", "who is let through"],
  "NetworkPolicy/courier": ["network-policies", "who is let through"],
  "NetworkPolicy/redis": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-proxies": ["network-policies", "every proxy reaches istiod"],
  "NetworkPolicy/mesh-edge": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-edge-to-gateway": ["network-policies", "who is let through"],
  "NetworkPolicy/mesh-edge-to-auth": ["network-policies", "who is let through"],
};

/** Without these nothing changes in the mesh; each says why it is there all the same. */
const NEEDED_ELSEWHERE: Record<string, string> = {
  "NetworkPolicy/deny-all":
    "mesh-proxies selects every pod, too, and so denies as much; where there is no mesh it is alone",
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
/** So long a proxy lets connections live on under the policies of yesterday. */
const DRAIN_MS = 60_000;

const passes = async ([file, test]: readonly [string, string]): Promise<boolean> => {
  const pattern = test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const args = ["run", "--project=mesh", `test/mesh/${file}.test.ts`, "-t", pattern, "--passWithNoTests=false"];
  const vitest = spawn("vitest", args, { cwd: root, stdio: "ignore" });
  const [code]: (number | null)[] = await once(vitest, "exit");
  return code === 0;
};

/** Whether a test fails before the last old connection has ended. */
const failsSoon = async (test: readonly [string, string]): Promise<boolean> => {
  const deadline = Date.now() + DRAIN_MS;
  do {
    await pause(PUSH_MS);
    if (!(await passes(test))) return true;
  } while (Date.now() < deadline);
  return false;
};

/** Takes a policy away, sees whether its test notices, and puts it back. */
const verdictOn = async (policy: Policy): Promise<string> => {
  const name = `${policy.kind}/${policy.metadata.name}`;
  const test = SHOWN_BY[name];
  if (!test) return NEEDED_ELSEWHERE[name] ?? "no test is named for it";
  if (!(await passes(test))) return `its test fails with the policy in place: ${test.join(": ")}`;
  await kubectl("delete", policy.kind.toLowerCase(), policy.metadata.name);
  try {
    return (await failsSoon(test)) ? "noticed" : `nobody noticed: ${test.join(": ")}`;
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
    const name = `${policy.kind}/${policy.metadata.name}`;
    const isFine = verdict === "noticed" || name in NEEDED_ELSEWHERE;
    count[isFine ? "noticed" : "unnoticed"] += 1;
    console.log(`${isFine ? "✓" : "✗"} without ${name}: ${verdict}`);
  }
  return count;
};
