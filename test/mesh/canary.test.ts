import { TokenAnswer } from "@lectura/contracts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { requestToken } from "../fixtures/client.ts";
import { setWeights, spoilCanary } from "./fixtures/canary.ts";
import { type Answer, atTheEdge, type Edge, getMany, tally } from "./fixtures/edge.ts";
import { sumOfStats } from "./fixtures/envoy.ts";
import { podsOf } from "./fixtures/kubectl.ts";
import { report } from "./fixtures/report.ts";

const CALLS = 2000;
/** What a share of 10 % of 2,000 calls keeps to but for one run in a million. */
const [FEWEST, MOST] = [138, 269];

let edge: Edge;
let me: string;
let authorization: string;

beforeAll(async () => {
  edge = await atTheEdge();
  me = `${edge.url}/v1/auth/me`;
  authorization = `Bearer ${await edge.freshToken()}`;
});

const ask = (count: number, headers: Record<string, string> = {}): Promise<Answer[]> =>
  getMany(me, { count, headers: { authorization, ...headers } });

const risky = (answers: Answer[]): number => answers.filter(({ release }) => release === "risky").length;
const errors = (answers: Answer[]): Answer[] => answers.filter(({ status }) => status !== 200);

/** Asks until nothing comes from the canary any more: the weights have reached the gateway's proxy. */
const untilArrived = (arrived: (answers: Answer[]) => boolean) =>
  vi.waitFor(async () => expect(arrived(await ask(50))).toBe(true), { timeout: 30_000, interval: 200 });

test("a tenth of the calls is answered by the canary", async () => {
  const answers = await ask(CALLS);
  report(`canary's share of ${CALLS} calls at 90/10 (${FEWEST}…${MOST})`, `${risky(answers)}`);
  expect(tally(answers.map(({ status }) => status))).toBe(`200 ×${CALLS}`);
  expect(risky(answers)).toBeGreaterThanOrEqual(FEWEST);
  expect(risky(answers)).toBeLessThanOrEqual(MOST);
});

test.each([
  ["always", "risky"],
  ["never", "safe"],
])("a call pinned by x-canary: %s is answered by the %s release", async (pin, release) => {
  const answers = await ask(200, { "x-canary": pin });
  report(`x-canary: ${pin}`, `${tally(answers.map((answer) => answer.release))} of 200`);
  expect(answers.filter((answer) => answer.status === 200 && answer.release === release)).toHaveLength(200);
});

test.each([
  ["always", "never"],
  ["never", "always"],
])("a token from a release pinned %s is good at the other", async (pin, other) => {
  const minted = await requestToken(edge, { "x-canary": pin });
  expect(minted.headers.get("x-lectura-version")).toBe(pin === "always" ? "risky" : "safe");
  const { access_token } = TokenAnswer.parse(await minted.json());
  const headers = { authorization: `Bearer ${access_token}`, "x-canary": other };
  expect((await fetch(me, { headers })).status).toBe(200);
});

describe("weights that are moved under load", () => {
  afterAll(() => setWeights(90, 10));

  test("cost no call, and after a rollback none is answered by the canary", async () => {
    const load = ask(4000);
    await setWeights(50, 50);
    await untilArrived((answers) => risky(answers) >= 10);
    const moved = performance.now();
    await setWeights(100, 0);
    await untilArrived((answers) => risky(answers) === 0);
    const arrived = performance.now();
    const after = await ask(200);
    const during = await load;
    report("errors while the weights went 90/10 → 50/50 → 100/0", `${errors(during).length} of ${during.length}`);
    report(
      "rollback: canary's hits in 200 calls",
      `${risky(after)}, seen ${Math.round(arrived - moved)} ms after the change`,
    );
    expect(errors(during)).toEqual([]);
    expect(risky(during)).toBeGreaterThan(0);
    expect(risky(after)).toBe(0);
    expect(errors(after)).toEqual([]);
  });
});

const ejections = async (): Promise<number> => {
  const gateways = await podsOf("app=gateway");
  return sumOfStats(
    gateways.map(({ metadata }) => metadata.name),
    "risky-group.*ejections_enforced_total",
  );
};

describe("a faulty canary", () => {
  let restore: () => Promise<void>;
  afterAll(() => restore());

  test("is ejected, and callers hardly see it", async () => {
    restore = await spoilCanary();
    const before = await ejections();
    const answers = await ask(CALLS);
    const after = await ejections();
    const share = errors(answers).length / answers.length;
    report("faulty canary: calls that failed", `${errors(answers).length} of ${CALLS} (${(100 * share).toFixed(2)} %)`);
    report("faulty canary: ejections by the gateway's proxy", `${after - before}`);
    expect(after - before).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(0.01);
    expect(risky(answers)).toBe(0);
  });
});
