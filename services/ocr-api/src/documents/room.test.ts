import { describe, expect, it } from "vitest";
import { createRoomKeeper } from "./room.ts";

const GIGABYTE = 1_000_000_000;

const refusalAt = async ({
  free = 100 * GIGABYTE,
  total = 200 * GIGABYTE,
  memory = 0.5,
  expiresIn = 40_000,
}: {
  free?: number;
  total?: number;
  memory?: number;
  expiresIn?: number;
}): Promise<unknown> =>
  createRoomKeeper({
    storage: { space: async () => ({ free, total }) },
    documents: { memoryUse: async () => memory, nextExpiry: async () => Date.now() + expiresIn },
  })
    .requireRoom()
    .then(
      () => undefined,
      (error: unknown) => error,
    );

describe("a new document", () => {
  it.each([
    ["there is room", {}],
    ["a large disk has some gigabytes left", { free: 3 * GIGABYTE }],
    ["a small disk has a tenth left", { free: GIGABYTE / 10, total: GIGABYTE }],
    ["Redis has a tenth left", { memory: 0.89 }],
  ])("is let in while %s", async (_, state) => {
    expect(await refusalAt(state)).toBeUndefined();
  });

  it.each([
    ["storage", { free: GIGABYTE }],
    ["storage", { free: GIGABYTE / 25, total: GIGABYTE }],
    ["memory", { memory: 0.91 }],
  ])("is refused while the %s is nearly full: until something expires", async (what, state) => {
    expect(await refusalAt(state)).toMatchObject({
      code: "overloaded",
      message: expect.stringContaining(what),
      headers: { "retry-after": "40" },
    });
  });

  it.each([
    [-5000, "5"],
    [86_400_000, "300"],
  ])("is not sent away for too short or too long: %d ms are %s s", async (expiresIn, seconds) => {
    expect(await refusalAt({ memory: 1, expiresIn })).toMatchObject({ headers: { "retry-after": seconds } });
  });
});
