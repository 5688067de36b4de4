import { spawnSync } from "node:child_process";

/**
 * Wraps a command so that the kernel kills it when this process dies, even by kill -9. The wrapper replaces itself
 * by the command: the pid is the command's. SIGKILL, because a service that drains without the others only makes noise
 * and holds its port, and nothing that was acknowledged can be lost by it.
 * Where util-linux's setpriv is missing the command runs as it is, and the next start ends what was left.
 */
export const tieToLauncher = (command: string, args: readonly string[]): [string, string[]] => {
  const tie = ["--pdeathsig", "KILL", "--"];
  const works = spawnSync("/usr/bin/setpriv", [...tie, "/bin/true"], { stdio: "ignore" }).status === 0;
  return works ? ["/usr/bin/setpriv", [...tie, command, ...args]] : [command, [...args]];
};
