import { openLogFile, type LogFile } from "../output/log-file.ts";
import type { Screen } from "../output/screen.ts";
import type { OutputLine, ProcessSpec } from "../processes/child.ts";
import { stopInOrder } from "../processes/stop-in-order.ts";
import { supervise, type Supervised } from "../processes/supervise.ts";
import type { Home } from "./home.ts";
import type { Claim } from "./run-file.ts";

/** The processes of one platform: each noted in the run file, logged to a file and to the screen, kept alive. */
export interface Crew {
  start(spec: ProcessSpec, port: number): Supervised;
  /** Stops the services in their order, Redis last. */
  stop(): Promise<void>;
  kill(): void;
}

/** Holds lines back until the process is ready: when it dies instead, one message tells its last lines. */
const heldBack = (show: (line: OutputLine) => void): { line: (line: OutputLine) => void; release: () => void } => {
  let held: OutputLine[] | undefined = [];
  return {
    line: (line) => (held ? void held.push(line) : show(line)),
    release: () => {
      held?.forEach(show);
      held = undefined;
    },
  };
};

export const createCrew = (home: Home, claim: Claim, screen: Screen): Crew => {
  const files: LogFile[] = [];
  const services: Supervised[] = [];
  const redis: Supervised[] = [];

  const start = (spec: ProcessSpec, port: number): Supervised => {
    const isRedis = spec.name === "redis";
    const file = openLogFile(home.logDir, spec.name);
    files.push(file);
    // Redis speaks a language of its own at every start; its file has it.
    const shown = heldBack(isRedis ? () => {} : screen.line);
    const member = supervise(spec, {
      log: screen,
      advice: `Put right what is said above and start again. The whole log: ${file.path}`,
      onLine: (line) => {
        file.append(line.text);
        shown.line(line);
      },
      onSpawn: (pid) => claim.note(spec.name, pid, port),
    });
    member.ready.then(shown.release, () => {});
    (isRedis ? redis : services).push(member);
    return member;
  };

  return {
    start,
    stop: async () => {
      await stopInOrder([...services, ...redis]);
      for (const file of files) file.close();
    },
    kill: () => [...services, ...redis].forEach((member) => member.kill()),
  };
};
