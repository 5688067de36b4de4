import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../fixtures/platform.ts";
import { rules } from "./fixtures/observability.ts";

const page = await readFile(join(root, "docs/alerts.md"), "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
);
const alerts = rules.flatMap((rule) => (rule.alert ? [rule.alert] : []));

test("every alert has its section, and every section its alert", () => {
  expect([...sections.keys()].toSorted()).toEqual(alerts.toSorted());
});

test.each(alerts)("%s: what it means, what to look at, what to do", (alert) => {
  for (const part of ["**Means**", "**Look**", "**Do**"]) expect(sections.get(alert)).toContain(part);
});
