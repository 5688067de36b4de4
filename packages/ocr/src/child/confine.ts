import { writeFileSync } from "node:fs";
import koffi from "koffi";
import { seccompFilter } from "./seccomp-filter.ts";

const RLIMIT_DATA = 2;
const RLIMIT_CORE = 4;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP: Partial<Record<NodeJS.Architecture, number>> = { x64: 317, arm64: 277 };
const SECCOMP_SET_MODE_FILTER = 1;
/** For all threads of the process, those that Node has started before, too. */
const SECCOMP_FILTER_FLAG_TSYNC = 1;

/** What is mapped counts, used or not, and the stacks of threads: well above what is meant, and still an end. */
const MAPPED_FOR_USED = 2;

type Library = ReturnType<typeof koffi.load>;

const limitResources = (library: Library, memory: number): void => {
  const Limit = koffi.struct({ soft: "uint64", hard: "uint64" });
  const setrlimit = library.func("setrlimit", "int", ["int", koffi.pointer(Limit)]);
  setrlimit(RLIMIT_CORE, { soft: 0, hard: 0 });
  setrlimit(RLIMIT_DATA, { soft: MAPPED_FOR_USED * memory, hard: MAPPED_FOR_USED * memory });
  // When memory is short, the kernel ends this one first.
  writeFileSync("/proc/self/oom_score_adj", "1000");
};

const refuseCalls = (library: Library): void => {
  const seccomp = SECCOMP[process.arch];
  const instructions = seccompFilter({ arch: process.arch, pid: process.pid });
  if (seccomp === undefined || instructions === undefined) return;
  const prctl = library.func("int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)");
  const Program = koffi.struct({ length: "uint16", instructions: "void *" });
  const syscall = library.func("syscall", "long", ["long", "uint", "uint", koffi.pointer(Program)]);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, {
    length: instructions.length / 8,
    instructions,
  });
};

/**
 * Takes from this process what reading a page does not need, in case a file breaks its decoder: the network, other programs and
 * processes, more rights, endless memory, a core dump with somebody's page in it. On Linux, as far as the kernel has it.
 */
export const confine = ({ memory }: { memory: number }): void => {
  if (process.platform !== "linux") return;
  const library = koffi.load(null);
  limitResources(library, memory);
  refuseCalls(library);
};
