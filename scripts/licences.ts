// Part of `check`: what ships is under a licence that lets us ship it, and nothing may run a script while it is installed.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { z } from "zod";

/** Each may be shipped beside Apache-2.0; LGPL as a library of its own, which libvips is. */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "LGPL-3.0-or-later",
  "MIT",
]);

/** Of an SPDX expression's alternatives one is enough, `(MIT OR CC0-1.0)`; what is joined by AND has to be looked at by a person. */
const mayShip = (expression: string): boolean =>
  expression
    .replace(/^\((.*)\)$/, "$1")
    .split(" OR ")
    .some((licence) => ALLOWED.has(licence));

const Licences = z.record(z.string(), z.array(z.object({ name: z.string(), versions: z.array(z.string()) })));
const Workspace = z.object({ allowBuilds: z.record(z.string(), z.boolean()) });

const root = join(import.meta.dirname, "..");
const { stdout } = await promisify(execFile)("npx", ["-y", "pnpm@12", "-r", "licenses", "list", "--prod", "--json"], {
  cwd: root,
  maxBuffer: 50_000_000,
});
const unknown = Object.entries(Licences.parse(JSON.parse(stdout))).flatMap(([licence, packages]) =>
  mayShip(licence) ? [] : packages.map(({ name, versions }) => `${name}@${versions.join(", ")}: ${licence}`),
);
const { allowBuilds } = Workspace.parse(parse(await readFile(join(root, "pnpm-workspace.yaml"), "utf8")));
const building = Object.entries(allowBuilds).flatMap(([name, allowed]) =>
  allowed ? [`${name}: may run a script`] : [],
);

for (const fault of [...unknown, ...building]) console.error(fault);
process.exit(unknown.length + building.length > 0 ? 1 : 0);
