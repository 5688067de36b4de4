import { expect, test } from "vitest";
import { runChaos } from "./chaos/chaos.ts";
import { VICTIMS } from "./chaos/troubles.ts";

const SECONDS = 90;
// Printed in the test's name, so that a failing run can be repeated with LECTURA_TEST_SEED.
const seed = Number(process.env["LECTURA_TEST_SEED"] ?? 20261122);

test(
  `whatever is killed, stopped, slowed down or filled up: each acknowledged document ends once, as asked (seed ${seed})`,
  { timeout: 900_000 },
  async ({ signal }) => {
    const { history, complaints, counts } = await runChaos({ seed, seconds: SECONDS, say: () => {}, signal });
    expect(complaints, history.join("\n")).toEqual([]);
    // A run in which nothing happens would show nothing.
    for (const what of ["acknowledged", "succeeded", "cancelled", "deleted", "webhooks told", "followed to the end"])
      expect(counts.get(what), what).toBeGreaterThan(0);
    for (const victim of VICTIMS) expect(counts.get(`kill -9 ${victim}`), victim).toBeGreaterThan(0);
  },
);
