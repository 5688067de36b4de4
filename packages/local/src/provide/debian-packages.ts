import { globSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ExplainedError } from "../explained-error.ts";
import type { Log } from "../output/log.ts";
import { findProgram } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** One way to ask apt: with the system's package lists, or with lists of our own, which need no root and no lock. */
type Apt = (args: readonly string[], cwd?: string) => Promise<string>;

const PATIENCE = ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::Retries=1"];
// As root apt fetches as its own user, who may not write into our folder; it then warns and fetches as root all the same.
const UNBOXED = ["-o", "APT::Sandbox::User=root"];

const aptWith =
  (aptGet: string, settings: readonly string[]): Apt =>
  (args, cwd) =>
    runProgram(aptGet, ["-q", ...PATIENCE, ...UNBOXED, ...settings, ...args], cwd === undefined ? {} : { cwd });

const aptWithOwnLists = async (aptGet: string, folder: string): Promise<Apt> => {
  await mkdir(join(folder, "lists", "partial"), { recursive: true });
  await mkdir(join(folder, "cache", "archives", "partial"), { recursive: true });
  const apt = aptWith(aptGet, ["-o", `Dir::State::Lists=${folder}/lists`, "-o", `Dir::Cache=${folder}/cache`]);
  // One unreachable repository among several is no reason to give up: what is missing shows in the next step.
  await apt(["update"]).catch(() => "");
  return apt;
};

/**
 * The packages named and those they need that the system lacks. The C library is never among them: it must be the one that
 * belongs to the system's dynamic loader.
 */
const missingPackages = async (apt: Apt, packages: readonly string[]): Promise<string[]> => {
  const plan = await apt(["--no-install-recommends", "--simulate", "install", ...packages]);
  const needed = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name && name !== "libc6" ? [name] : []));
  return [...new Set([...packages, ...needed])];
};

const fetchAndUnpack = async (
  apt: Apt,
  dpkgDeb: string,
  packages: readonly string[],
  folder: string,
): Promise<void> => {
  const archives = await mkdtemp(join(folder, "archives-"));
  await apt(["download", ...(await missingPackages(apt, packages))], archives);
  for (const archive of globSync("*.deb", { cwd: archives })) {
    await runProgram(dpkgDeb, ["-x", join(archives, archive), join(folder, "root")]);
  }
};

/** Another process may have unpacked the same at the same time: the first one's folder stands, both are equal. */
const putInPlace = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to))) throw error;
  }
};

const tools = async (folders: readonly string[]): Promise<[aptGet: string, dpkgDeb: string]> => {
  const [aptGet, dpkgDeb] = [await findProgram(["apt-get"], folders), await findProgram(["dpkg-deb"], folders)];
  if (aptGet && dpkgDeb) return [aptGet, dpkgDeb];
  throw new ExplainedError("this system has no apt-get and dpkg-deb");
};

/**
 * Downloads packages of the distribution, with what they need and the system lacks, and unpacks them into `folder` without
 * installing anything: no root needed, nothing outside is touched. Gives the folder at once when it is there already.
 */
export const unpackDebianPackages = async (options: {
  packages: readonly string[];
  folder: string;
  systemFolders: readonly string[];
  log: Log;
}): Promise<string> => {
  const { packages, folder, log } = options;
  if (await exists(folder)) return folder;
  const [aptGet, dpkgDeb] = await tools(options.systemFolders);
  log.info(`unpacking ${packages.join(", ")} for this project, once (nothing is installed)`);
  const parent = join(folder, "..");
  await mkdir(parent, { recursive: true });
  const attempt = async (apt: (scratch: string) => Promise<Apt>): Promise<void> => {
    const scratch = await mkdtemp(join(parent, `.${basename(folder)}-`));
    try {
      await fetchAndUnpack(await apt(scratch), dpkgDeb, packages, scratch);
      await putInPlace(join(scratch, "root"), folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  };
  try {
    await attempt(() => Promise.resolve(aptWith(aptGet, [])));
  } catch {
    // The system's package lists are absent, as in most images, or older than what the mirror still keeps.
    log.info("the system's package lists do not help; fetching lists for this project");
    await attempt((scratch) => aptWithOwnLists(aptGet, join(scratch, "apt")));
  }
  return folder;
};

/** Folders of shared libraries; libpulse looks for a part of itself in one that has its name. */
const LIBRARIES = ["usr/lib", "usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio", "lib/*-linux-gnu*"];

/** The folders of an unpacked tree that hold shared libraries, as LD_LIBRARY_PATH wants them. */
export const libraryPathOf = (root: string): string =>
  globSync(LIBRARIES, { cwd: root })
    .map((folder) => join(root, folder))
    .join(":");
