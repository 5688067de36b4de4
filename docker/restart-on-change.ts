// Runs `node` with these arguments, and again whenever a source in the working directory has changed: for `dev` images,
// into which sources are copied while they run. `node --watch` notices only the first time that a file is replaced
// (github.com/nodejs/node/issues/56389), as tar does it; here folders are watched, not files.
import { type ChildProcess, spawn } from "node:child_process";
import { type FSWatcher, globSync, watch } from "node:fs";
import { join } from "node:path";

/** Longer than the pause between two files of one copy. */
const QUIET_MS = 150;

const foldersOfSources = (): string[] => {
  const roots = globSync("{packages,services}/*/{src,lua}");
  const below = roots.flatMap((root) => globSync(`${root}/**`, { withFileTypes: true }));
  return [...roots, ...below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
};

let child: ChildProcess | undefined;
let watchers: FSWatcher[] = [];
let next: "start" | "wait" | "exit" = "wait";
let quiet: NodeJS.Timeout | undefined;

const start = (): void => {
  next = "wait";
  for (const watcher of watchers) watcher.close();
  watchers = foldersOfSources().map((folder) => watch(folder, onChange));
  child = spawn(process.execPath, process.argv.slice(2), { stdio: "inherit" });
  child.once("exit", (code) => {
    child = undefined;
    if (next === "exit") process.exit(code ?? 1);
    if (next === "start") return start();
    process.stdout.write("The service has ended; it starts again with the next change.\n");
  });
};

const onChange = (): void => {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    process.stdout.write("Sources have changed: the service starts again.\n");
    next = "start";
    if (!child) start();
    else child.kill("SIGTERM");
  }, QUIET_MS);
};

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    next = "exit";
    clearTimeout(quiet);
    if (!child) process.exit(0);
    child.kill(signal);
  });
}

start();
