import { execFileSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { basename } from "node:path";
import tesseractJs from "tesseract.js/package.json" with { type: "json" };
import { findTesseract } from "../baseline/tesseract-cli.ts";

const GIGA = 1e9;

const commit = (): string => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    // A copy without its history.
    return "unknown";
  }
};

/** Where and with what the numbers below it were measured, in one line. */
export const describeMachine = async (): Promise<string> => {
  const native = await findTesseract();
  const [load = 0] = loadavg();
  return [
    new Date().toISOString().slice(0, 16).replace("T", " "),
    `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${availableParallelism()} cores, ${(totalmem() / GIGA).toFixed(0)} GB`,
    `Node ${process.versions.node}`,
    native ? `Tesseract ${native.version}, Lectura's ${basename(native.library)}` : "no native Tesseract",
    `tesseract.js ${tesseractJs.version}`,
    `commit ${commit()}`,
    `load before ${load.toFixed(1)}`,
  ].join(" · ");
};
