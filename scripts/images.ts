// `npx -y pnpm@12 images`: builds the five images and prints what they weigh against the sizes to reach (runtime only).
// Fails when one is too large. `--builder` (LECTURA_IMAGE_BUILD) names what stands in for `docker build`.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs, promisify } from "node:util";
import { createGzip } from "node:zlib";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "..");

const SERVICES_MB = 130;
const WORKER_MB = 280;
const images = [
  { service: "gateway", file: "Dockerfile", atMost: SERVICES_MB },
  { service: "auth", file: "Dockerfile", atMost: SERVICES_MB },
  { service: "ocr-api", file: "Dockerfile", atMost: SERVICES_MB },
  { service: "courier", file: "Dockerfile", atMost: SERVICES_MB },
  { service: "ocr-worker", file: "Dockerfile.worker", atMost: WORKER_MB },
];

const { values: options } = parseArgs({
  options: {
    tag: { type: "string", default: "dev" },
    target: { type: "string", default: "runtime" },
    builder: { type: "string", default: process.env["LECTURA_IMAGE_BUILD"] || "docker build" },
  },
});

/** What the labels say; a source that is no web address (a clone of a folder) says nothing to others. */
const provenance = async (): Promise<string[]> => {
  const { version }: { version: string } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", ["-C", repository, ...args]).catch(() => ({ stdout: "" }));
    return stdout.trim();
  };
  const revision = await git("rev-parse", "HEAD");
  const origin = URL.parse(await git("remote", "get-url", "origin"));
  const source = origin?.protocol === "https:" ? `https://${origin.host}${origin.pathname}` : "";
  const known = Object.entries({ VERSION: version, REVISION: revision, SOURCE: source }).filter(([, value]) => value);
  return known.map(([name, value]) => `${name}=${value}`);
};

const build = async (image: string, file: string, buildArgs: string[]): Promise<void> => {
  const [command = "", ...leading] = options.builder.split(" ");
  const args = buildArgs.flatMap((value) => ["--build-arg", value]);
  const place = [repository, "-f", join(repository, "docker", file)];
  await run(command, [...leading, ...place, "-t", image, "--target", options.target, ...args], {
    env: { ...process.env, DOCKER_BUILDKIT: "1" },
    maxBuffer: Infinity,
  }).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
};

/** What a registry would hold: all layers as `docker save` writes them, through gzip. */
const compressedBytes = async (image: string): Promise<number> => {
  const save = spawn("docker", ["save", image], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(save, "close");
  let bytes = 0;
  await pipeline(save.stdout, createGzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) bytes += chunk.length;
  });
  const [code] = await ended;
  if (code !== 0) throw new Error(`docker save ${image} ended with ${code}`);
  return bytes;
};

const unpackedBytes = async (image: string): Promise<number> => {
  const { stdout } = await run("docker", ["image", "inspect", "--format", "{{.Size}}", image]);
  return Number(stdout);
};

const inMegabytes = (bytes: number): number => Math.round(bytes / 1e6);

const labels = await provenance();
for (const { service, file, atMost } of images) {
  const image = `lectura/${service}:${options.tag}`;
  const began = performance.now();
  await build(image, file, file === "Dockerfile" ? [`SERVICE=${service}`, ...labels] : labels);
  const seconds = Math.round((performance.now() - began) / 1000);
  const [compressed, unpacked] = [inMegabytes(await compressedBytes(image)), inMegabytes(await unpackedBytes(image))];
  const judged = options.target === "runtime";
  const tooLarge = judged && compressed > atMost;
  if (tooLarge) process.exitCode = 1;
  console.log(
    `${tooLarge ? "✗" : "✓"} ${image}: ${compressed} MB compressed${judged ? ` (at most ${atMost})` : ""}, ` +
      `${unpacked} MB unpacked, built in ${seconds} s`,
  );
}
