// A classic BPF program that the kernel runs at each system call of this process (man 2 seccomp).

/** What a decoder never needs, by its number on x64 and arm64 (asm/unistd); null where it does not exist. */
const refused: Record<string, [x64: number, arm64: number | null]> = {
  // the network
  socket: [41, 198],
  connect: [42, 203],
  bind: [49, 200],
  listen: [50, 201],
  // other programs and processes
  execve: [59, 221],
  execveat: [322, 281],
  fork: [57, null],
  vfork: [58, null],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  tkill: [200, 130],
  rt_sigqueueinfo: [129, 138],
  rt_tgsigqueueinfo: [297, 240],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  pidfd_getfd: [438, 438],
  // another view of the machine
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_by_handle_at: [304, 265],
  // the kernel itself; io_uring would do the above without a call
  io_uring_setup: [425, 425],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
};
const clone = [56, 220] as const;
/** Its arguments lie in memory, where no filter can look; told that it does not exist, libc takes `clone`. */
const clone3 = 435;
const kill = [62, 129] as const;
const tgkill = [234, 131] as const;

/** How the kernel names the convention by which a call was made (linux/audit.h). */
const CONVENTIONS = [0xc000003e, 0xc00000b7] as const;
/** Numbers above it are those of x32, another convention under the same name. */
const X32_FROM = 0x40000000;
const CLONE_THREAD = 0x10000;

// Offsets in struct seccomp_data. Arguments are 64 bits wide, the lower half first.
const NUMBER = 0;
const CONVENTION = 4;
const FIRST_ARGUMENT = 16;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const failWith = (errno: number): number => 0x00050000 | errno;
const EPERM = 1;
const ENOSYS = 38;

const instruction = (code: number, value: number, skipIfTrue = 0, skipIfFalse = 0): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(skipIfTrue, 2);
  bytes.writeUInt8(skipIfFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
};
const load = (offset: number): Buffer => instruction(0x20, offset);
const end = (answer: number): Buffer => instruction(0x06, answer);
const skipUnlessEqual = (value: number, count: number): Buffer => instruction(0x15, value, 0, count);
const skipIfEqual = (value: number, count: number): Buffer => instruction(0x15, value, count);
const skipIfLess = (value: number, count: number): Buffer => instruction(0x35, value, 0, count);
const skipIfAnyBit = (bits: number, count: number): Buffer => instruction(0x45, bits, count);

/** The program, for `seccomp(SECCOMP_SET_MODE_FILTER)`; undefined for a processor whose numbers are not known here. */
export const seccompFilter = ({ arch, pid }: { arch: string; pid: number }): Buffer | undefined => {
  const column = ["x64", "arm64"].indexOf(arch);
  if (column !== 0 && column !== 1) return undefined;
  const numbers = Object.values(refused).flatMap((row) => row[column] ?? []);
  /** Allowed where the first argument is this process itself. */
  const onlyToItself = (number: number): Buffer[] => [
    skipUnlessEqual(number, 4),
    load(FIRST_ARGUMENT),
    skipIfEqual(pid, 1),
    end(failWith(EPERM)),
    end(ALLOW),
  ];
  return Buffer.concat([
    load(CONVENTION),
    skipIfEqual(CONVENTIONS[column], 1),
    end(KILL_PROCESS),
    load(NUMBER),
    ...(arch === "x64" ? [skipIfLess(X32_FROM, 1), end(KILL_PROCESS)] : []),
    ...numbers.flatMap((number) => [skipUnlessEqual(number, 1), end(failWith(EPERM))]),
    skipUnlessEqual(clone3, 1),
    end(failWith(ENOSYS)),
    // Threads are welcome, processes are not.
    skipUnlessEqual(clone[column], 4),
    load(FIRST_ARGUMENT),
    skipIfAnyBit(CLONE_THREAD, 1),
    end(failWith(EPERM)),
    end(ALLOW),
    ...onlyToItself(kill[column]),
    ...onlyToItself(tgkill[column]),
    end(ALLOW),
  ]);
};
