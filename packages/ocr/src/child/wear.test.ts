import { expect, it } from "vitest";
import { createWear } from "./wear.ts";

const MEGABYTE = 1024 * 1024;

it("is worn after its number of pages", () => {
  const wear = createWear({ pages: 2, growth: Infinity });
  wear.countPage();
  expect(wear.isWorn()).toBe(false);
  wear.countPage();
  expect(wear.isWorn()).toBe(true);
});

it("is worn when its memory has grown, by more than models took", async () => {
  const wear = createWear({ pages: Infinity, growth: 50 * MEGABYTE });
  const models = await wear.loading(async () => Buffer.alloc(100 * MEGABYTE, 1));
  expect(wear.isWorn()).toBe(false);
  const leak = Buffer.alloc(100 * MEGABYTE, 1);
  expect(wear.isWorn()).toBe(true);
  expect(models.length + leak.length).toBe(200 * MEGABYTE);
});
