import { execFile } from "node:child_process";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** A name that no document has. */
export const BALLAST = ".ballast";
const BLOCKS = [1_000_000, 4096];

const NAMESPACE = ["unshare", "--map-root-user", "--mount"];

/** Whether this machine lets a process have mounts of its own, which some forbid to all but root. */
export const hasRooms = async (): Promise<boolean> =>
  exec("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).then(
    () => true,
    () => false,
  );

const isFull = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOSPC";

/** What begins a command for which `folder` is a file system of its own, so small that it can be filled. */
export const inSmallRoom = (folder: string, megabytes: number): string[] => [
  ...NAMESPACE,
  "sh",
  "-c",
  `mkdir -p "$0" && mount -t tmpfs -o size=${megabytes}m lectura "$0" && exec "$@"`,
  folder,
];

/** The room in which the process `pid` lives, seen from outside. */
export const openSmallRoom = (pid: number, folder: string) => {
  const path = join(`/proc/${pid}/root`, folder);
  const enter: [string, ...string[]] = ["nsenter", `--target=${pid}`, "--user", "--mount", "--preserve-credentials"];
  const remount = async (how: string): Promise<void> => {
    const [program, ...args] = enter;
    await exec(program, [...args, "mount", "-o", `remount,${how}`, folder]);
  };

  return {
    /** Where its files are found from outside. */
    path,
    /** What begins a command that shares it. */
    enter,
    /** Takes all the space that is left. */
    fill: async (): Promise<void> => {
      await using file = await open(join(path, BALLAST), "a");
      for (const size of BLOCKS) {
        for (let full = false; !full;) {
          full = await file.appendFile(Buffer.alloc(size)).then(
            () => false,
            (error: unknown) => {
              if (isFull(error)) return true;
              throw error;
            },
          );
        }
      }
    },
    makeSpace: async (): Promise<void> => rm(join(path, BALLAST), { force: true }),
    /** Nothing can be written any more; false while somebody is writing, whom the kernel does not interrupt. */
    lock: async (): Promise<boolean> =>
      remount("ro").then(
        () => true,
        () => false,
      ),
    unlock: async (): Promise<void> => remount("rw"),
  };
};
export type SmallRoom = ReturnType<typeof openSmallRoom>;
