import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Dashboard, dashboards, folder } from "./fixtures/observability.ts";
import { selectorsOf } from "./fixtures/promql.ts";

test("the four dashboards are there, each under a name of its own, and kustomize takes each along", async () => {
  expect(dashboards.map(({ file }) => file)).toEqual([
    "dashboards/canary.json",
    "dashboards/mesh.json",
    "dashboards/platform.json",
    "dashboards/queue-and-workers.json",
  ]);
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  const kustomization = await readFile(join(folder, "kustomization.yaml"), "utf8");
  for (const { file } of dashboards) expect(kustomization).toContain(file);
});

const overlaps = ({ gridPos: a }: Dashboard["panels"][number], { gridPos: b }: Dashboard["panels"][number]): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test.each(dashboards)("$file: the Prometheus is chosen in it, no two panels lie on each other", (dashboard) => {
  expect(dashboard.templating.list).toMatchObject([{ name: "datasource", type: "datasource", query: "prometheus" }]);
  expect(dashboard.tags).toContain("lectura");
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [index, panel] of panels.entries()) {
    expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
    for (const other of panels.slice(index + 1)) expect(overlaps(panel, other), panel.title).toBe(false);
  }
});

test.each(dashboards)("$file: every expression is PromQL, several in a panel have names", ({ panels }) => {
  for (const { title, targets } of panels) {
    for (const { expr } of targets) expect(selectorsOf(expr).length, `${title}: ${expr}`).toBeGreaterThan(0);
    if (targets.length > 1) expect(targets.every(({ legendFormat }) => legendFormat)).toBe(true);
  }
});

test("what is no PromQL is noticed", () => {
  expect(() => selectorsOf("sum(rate(up[5m])")).toThrow('no PromQL after "sum(rate(up[5m])"');
  expect(() => selectorsOf("up{app=}")).toThrow("no PromQL");
});
