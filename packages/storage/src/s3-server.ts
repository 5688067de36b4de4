import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const MOTO = "5.2.5";
// What moto's extra `server` needs for S3, without its other services: 110 MB instead of 290 MB.
const PACKAGES = [`moto[s3]==${MOTO}`, "flask==3.1.3", "flask-cors==6.0.5"];

// Ends with its parent however that dies, because then its standard input closes. Port 0: the system picks a free one.
const PROGRAM = `
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
`;

const NEEDS =
  "It needs `python3` 3.10 or newer with pip (Debian, Ubuntu: apt-get install python3-pip; macOS: brew install python) " +
  "and, the first time, a package index";

const installMoto = async (): Promise<string> => {
  const folder = join(import.meta.dirname, "../../../.lectura/tools", `moto-${MOTO}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  try {
    await promisify(execFile)("python3", ["-m", "pip", "install", "--quiet", "--target", unfinished, ...PACKAGES]);
    await rename(unfinished, folder);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    if (existsSync(folder)) return folder; // Another process was faster.
    throw new Error(`moto, the S3 server of the tests, cannot be installed with \`python3 -m pip\`. ${NEEDS}`, {
      cause,
    });
  }
  return folder;
};

const addressOf = (server: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = "";
    // Read to the end: the server logs every request, and would stand still in front of a full pipe.
    server.stderr?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      const address = /Running on (http:\S+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
    server.once("error", (cause) =>
      reject(new Error(`The S3 server of the tests cannot be started. ${NEEDS}`, { cause })),
    );
    server.once("exit", () => reject(new Error(`moto, the S3 server of the tests, ended at its start:\n${output}`)));
  });

/** A real S3 server for tests (moto, installed once into `.lectura/tools`) with an empty bucket of that name. */
export const startS3Server = async (bucket = "lectura-test") => {
  const server = spawn("python3", ["-I", "-c", PROGRAM, await installMoto()], { stdio: ["pipe", "ignore", "pipe"] });
  const endpoint = await addressOf(server);
  const created = await fetch(`${endpoint}/${bucket}`, { method: "PUT" });
  const close = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill();
    await ended;
  };
  if (!created.ok) {
    await close();
    throw new Error(`moto did not create the bucket ${bucket}: ${created.status}`);
  }
  return {
    endpoint,
    bucket,
    /** For LECTURA_STORAGE and createStorage. */
    url: `s3://${bucket}?endpoint=${endpoint}&region=us-east-1&forcePathStyle=true`,
    /** Credentials for the environment of whoever uses it. */
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
    close,
  };
};
