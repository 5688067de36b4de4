import { globSync } from "node:fs";
import { join } from "node:path";
import { findProgram, foldersOfPath, SYSTEM_FOLDERS } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

/** Python, which comes with pip; undefined where there is none. */
export const findPython = (env: NodeJS.ProcessEnv): Promise<string | undefined> =>
  findProgram(["python3", "python"], [...foldersOfPath(env["PATH"]), ...SYSTEM_FOLDERS]);

/**
 * Downloads the one wheel that a requirements file names by its digest and gives the folder in `scratch` it is unpacked in.
 * Python unpacks it, since a wheel is a zip, which Node cannot read by itself; nothing of the package is run.
 */
export const unpackWheel = async (
  python: string,
  { requirements, target = [], scratch }: { requirements: string; target?: readonly string[]; scratch: string },
): Promise<string> => {
  await runProgram(
    python,
    [
      "-m",
      "pip",
      "download",
      "-q",
      "--no-deps",
      "--only-binary",
      ":all:",
      ...target,
      "-r",
      requirements,
      "-d",
      scratch,
    ],
    { cwd: scratch },
  );
  const wheels = globSync("*.whl", { cwd: scratch });
  await runProgram(python, ["-m", "zipfile", "-e", ...wheels, "unpacked"], { cwd: scratch });
  return join(scratch, "unpacked");
};
