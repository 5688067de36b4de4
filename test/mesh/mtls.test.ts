import { beforeAll, expect, test } from "vitest";
import { sample } from "../fixtures/client.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { podOf, podsOf } from "./fixtures/kubectl.ts";
import { probe } from "./fixtures/probers.ts";
import { report } from "./fixtures/report.ts";
import { listenOnTheWire } from "./fixtures/wire.ts";

const doors = [
  ["gateway", 8080],
  ["auth", 8081],
  ["ocr-api", 8082],
] as const;

let edge: Edge;
beforeAll(async () => {
  edge = await atTheEdge();
});

test.each(doors)("plaintext from outside the mesh does not get into %s", async (app, port) => {
  const { status } = await podOf(`app=${app}`);
  const answers = await probe(
    "outside",
    Array.from({ length: 10 }, () => ({ url: `http://${status.podIP}:${port}/livez` })),
  );
  expect(answers.map(({ error }) => error)).toEqual(
    answers.map(() => expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/)),
  );
});

test("plaintext from outside the mesh does not get into Redis", async () => {
  const { status } = await podOf("app=redis");
  const [answer] = await probe("outside", [{ host: status.podIP, port: 6379, line: "PING" }]);
  expect(answer?.error).toMatch(/closed|ECONNRESET/);
});

test("a service account without business there is refused with 403", async () => {
  const answers = await probe(
    "stranger",
    doors.map(([app, port]) => ({ url: `http://${app}:${port}/livez` })),
  );
  expect(answers.map(({ status, body }) => [status, body])).toEqual(doors.map(() => [403, "RBAC: access denied"]));
});

test("no call and no Redis command can be read on the wire", async () => {
  const { status } = await podOf("app=gateway");
  const pods = await podsOf("app in (gateway, auth, ocr-api, ocr-worker, courier, redis)");
  const wire = await listenOnTheWire(pods, [6379, 8080, 8081, 8082]);
  try {
    // What is to be found: without it, an empty capture would prove nothing.
    await probe("outside", [{ url: `http://${status.podIP}:8080/plaintext-marker` }]);
    const { bytes } = await sample("recibo.jpg");
    const { id } = await edge.client.submit(bytes);
    expect((await edge.client.untilFinal(id)).status).toBe("succeeded");
  } finally {
    await wire.close();
  }
  const { packets, readable } = wire.findings();
  report("packets between pods, and readable ones among them", `${packets}, ${readable.length}`);
  expect(wire.text()).toContain("/plaintext-marker");
  expect(readable).toEqual([]);
});
