import { decodeProtectedHeader } from "jose";
import { expect, test, vi } from "vitest";
import { startSteadyLoad } from "../fixtures/steady-load.ts";
import { atTheEdge } from "./fixtures/edge.ts";
import { kubectl } from "./fixtures/kubectl.ts";
import { report } from "./fixtures/report.ts";

/** What two cores bear that also run the proxies of every hop, and whoever calls; test/rotation.test.ts makes 200, without the mesh. */
const CALLS_A_SECOND = 50;

// A proxy keeps a key set for five minutes, so the new key signs after six: this takes its time.
test(`a rotation of the signing key under ${CALLS_A_SECOND} calls a second at the edge refuses nobody`, async () => {
  const edge = await atTheEdge();
  const load = startSteadyLoad(edge, CALLS_A_SECOND);
  try {
    const operator = ["exec", "deployment/auth", "-c", "auth", "--", "node", "service/src/operator.ts"];
    const printed = await kubectl(...operator, "keys", "rotate");
    const [, next = ""] = /^LECTURA_SIGNING_KEY=(.*)$/m.exec(printed) ?? [];
    const nextSigns = async (): Promise<void> => {
      const token = await edge.freshToken();
      load.use(token);
      expect(decodeProtectedHeader(token).kid).toBe(next);
    };
    await vi.waitFor(nextSigns, { timeout: 600_000, interval: 2000 });
    await load.goOn(15);
  } finally {
    await load.stop();
  }
  report("calls while the signing key was rotated", JSON.stringify(load.statuses));
  expect(Object.keys(load.statuses)).toEqual(["200"]);
}, 900_000);
