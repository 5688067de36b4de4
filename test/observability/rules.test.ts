import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { providePromtool, toolsDir } from "@lectura/local";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { root } from "../fixtures/platform.ts";
import { withoutVariables } from "./fixtures/promql.ts";
import { expressions, folder, ruleFiles, rules, testFiles } from "./fixtures/observability.ts";

// Where no promtool can be had the log says so in one line, and these tests with it.
const say = (message: string): void => void process.stderr.write(`${message}\n`);
const promtool = await providePromtool({ toolsDir, log: { info: say, warn: say } });

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "lectura-rules-"));
});
afterAll(async () => rm(scratch, { recursive: true, force: true }));

const run = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(promtool ?? "", args, { cwd: folder });
  return stdout + stderr;
};

describe.runIf(promtool)("promtool", () => {
  test("finds every rule file well-formed", async () => {
    const output = await run("check", "rules", ...ruleFiles);
    expect(output.match(/SUCCESS: \d+ rules found/g)).toHaveLength(ruleFiles.length);
  });

  test.each(testFiles)("%s passes", async (file) => {
    expect(await run("test", "rules", file)).toContain("SUCCESS");
  });

  test("an alert that fires too late, or not at all, fails its test", async () => {
    await copyFile(join(folder, "rules/queue.test.yaml"), join(scratch, "queue.test.yaml"));
    const text = await readFile(join(folder, "rules/queue.yaml"), "utf8");
    for (const broken of [
      text.replace("for: 2m", "for: 1h"),
      text.replace('state="wait"} > 0)', 'state="wait"} > 9)'),
    ]) {
      expect(broken).not.toBe(text);
      await writeFile(join(scratch, "queue.yaml"), broken);
      await expect(run("test", "rules", join(scratch, "queue.test.yaml"))).rejects.toThrow(/LecturaNoWorkers/);
    }
  });

  test("an expression that is no PromQL is refused", async () => {
    const file = join(scratch, "broken.yaml");
    await writeFile(file, "groups: [{ name: g, rules: [{ record: 'a:b', expr: 'rate(up)' }] }]");
    await expect(run("check", "rules", file)).rejects.toThrow(/expected type range vector/);
  });

  test("takes every expression of the dashboards, too", async () => {
    const file = join(scratch, "dashboards.json");
    const all = expressions.map(({ expr }, index) => ({ record: `test:${index}`, expr: withoutVariables(expr) }));
    await writeFile(file, JSON.stringify({ groups: [{ name: "dashboards", rules: all }] }));
    expect(await run("check", "rules", file)).toContain(`SUCCESS: ${all.length} rules found`);
  });
});

test("every alert is the subject of a test", async () => {
  const tests = await Promise.all(testFiles.map((file) => readFile(join(folder, file), "utf8")));
  const named = [...tests.join("\n").matchAll(/alertname[:=] ?"?(\w+)/g)].map(([, name]) => name);
  for (const { alert } of rules) if (alert) expect(named, `${alert} is in no test`).toContain(alert);
});

test("every alert says how bad it is, what is wrong, and where to read on", () => {
  for (const { alert, labels, annotations } of rules.filter((rule) => rule.alert)) {
    expect(labels?.severity, alert).toBeDefined();
    expect(annotations?.runbook_url, alert).toBe(`docs/alerts.md#${alert?.toLowerCase()}`);
  }
});

test("every rule file has its tests, and kustomize takes each along", async () => {
  expect(testFiles).toEqual(ruleFiles.map((file) => file.replace(".yaml", ".test.yaml")));
  const kustomization = await readFile(join(folder, "kustomization.yaml"), "utf8");
  for (const file of ruleFiles) expect(kustomization).toContain(`rules/${basename(file)}`);
});

test("the command in pod-monitor.yaml makes a PrometheusRule of each file, with nothing changed", async () => {
  const commented = await readFile(join(folder, "pod-monitor.yaml"), "utf8");
  const command = [...commented.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line).join("\n");
  const { stdout } = await promisify(execFile)(
    "bash",
    ["-euc", command.replace("kubectl apply -f -", "cat; echo ---")],
    {
      cwd: root,
    },
  );
  const made = parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
  const files = await Promise.all(ruleFiles.map(async (file) => parse(await readFile(join(folder, file), "utf8"))));
  expect(made.map(({ kind }) => kind)).toEqual(files.map(() => "PrometheusRule"));
  expect(made.map(({ spec }) => spec)).toEqual(files);
});
