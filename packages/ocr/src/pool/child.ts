import { type ChildProcess, fork } from "node:child_process";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { type ProblemCode, ProblemError } from "@lectura/contracts";
import { type ChildSettings, Message, type Request } from "../child/protocol.ts";
import { watchMemory } from "./watch-memory.ts";
import { watchTime } from "./watch-time.ts";

/** Longer is not a slow machine but a broken installation. */
const START_SECONDS = 30;
/** Characters kept of what a child writes to standard error: the end is what matters. */
const LAST_WORDS = 4000;

/** What a child is told of the surroundings: where its libraries, fonts and temporary files are, and no secret of its parent's. */
const TOLD = ["PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "FONTCONFIG_PATH"];
const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => TOLD.includes(name)));

const spawn = (settings: ChildSettings): ChildProcess =>
  fork(fileURLToPath(import.meta.resolve("@lectura/ocr/child")), [JSON.stringify(settings)], {
    // The loaders and inspectors of this process are its own.
    execArgv: [],
    env: surroundings(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });

/** What an end means that nobody ordered, and what one for taking too long. */
interface End {
  code: ProblemCode;
  whenSlow: ProblemCode;
  detail: string;
}
const AT_START: End = {
  code: "engine-unavailable",
  whenSlow: "engine-unavailable",
  detail: "The OCR process did not start",
};
const AT_WORK: End = {
  code: "page-crashed",
  whenSlow: "page-timeout",
  detail: "Reading this page ended the OCR process",
};

interface Terms {
  seconds: number;
  signal?: AbortSignal;
  onEnd: End;
}

/** Follows a child to its end: resolves with how it ended and what it said last. */
const followToEnd = (child: ChildProcess): Promise<{ how: string; lastWords: string }> => {
  const ended = Promise.withResolvers<{ how: string; lastWords: string }>();
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  child.once("error", (error) => ended.resolve({ how: error.message, lastWords }));
  child.once("close", (code, signal) => ended.resolve({ how: signal ?? `exit code ${code}`, lastWords }));
  return ended.promise;
};

export type Child = Awaited<ReturnType<typeof startChild>>;

/** Starts a child and waits until its engine is there. It does one request at a time and ends with whatever it cannot do. */
export const startChild = async (settings: ChildSettings) => {
  const child = spawn(settings);
  const pid = child.pid ?? 0;
  const ended = followToEnd(child);
  let usable = true;
  let killedFor: unknown;
  child.once("close", () => {
    usable = false;
  });

  const kill = (reason: unknown) => {
    usable = false;
    killedFor ??= reason;
    child.kill("SIGKILL");
  };

  /** Sends a request, if any, and waits for what the child says next; rejects when it ends instead. */
  const converse = async (request: Request | undefined, { seconds, signal, onEnd }: Terms): Promise<Message> => {
    signal?.throwIfAborted();
    const heard = Promise.withResolvers<Message>();
    const onMessage = (message: unknown) => heard.resolve(Message.parseAsync(message));
    const onAbort = () => kill(signal?.reason);
    const watch = watchTime({ pid, seconds, stop: (why) => kill(new ProblemError(onEnd.whenSlow, why)) });
    const memory = watchMemory({
      pid,
      bytes: settings.memory,
      stop: (why) => kill(new ProblemError("out-of-memory", why)),
    });
    const failed = ended.then(({ how, lastWords }) => {
      throw killedFor ?? new ProblemError(onEnd.code, `${onEnd.detail} (${how}).`, { cause: new Error(lastWords) });
    });
    child.once("message", onMessage);
    signal?.addEventListener("abort", onAbort, { once: true });
    // A child that is already gone cannot take it; `failed` tells.
    if (request) child.send(request, () => {});
    try {
      return await Promise.race([heard.promise, failed]);
    } finally {
      watch.close();
      memory.close();
      child.off("message", onMessage);
      signal?.removeEventListener("abort", onAbort);
    }
  };

  const hello = await converse(undefined, { seconds: START_SECONDS, onEnd: AT_START });
  if (hello.type !== "ready") {
    kill(undefined);
    await ended;
    throw hello.type === "refused"
      ? new ProblemError(hello.code, hello.detail)
      : new ProblemError("engine-unavailable", "The OCR process spoke before it was ready.");
  }

  return {
    pid,
    version: hello.version,
    isUsable: () => usable,
    ask: (request: Request, limits: { seconds: number; signal?: AbortSignal }) =>
      converse(request, { ...limits, onEnd: AT_WORK }),
    /** Ends the process whatever it does; what it was asked rejects with the reason. */
    async end(reason?: unknown) {
      kill(reason);
      await ended;
    },
  };
};
