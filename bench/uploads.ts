import { parseArgs } from "node:util";
import type { Bench, BenchContext } from "./bench.ts";
import { positive } from "./options.ts";
import { startPlatform } from "./platform/platform.ts";
import { familyMemory } from "./platform/processes.ts";
import { markdownTable } from "./report/table.ts";

const CLIENTS = 4;
const SERVICES = ["gateway", "ocr-api"];
const LOOK_EVERY_MS = 200;
const MEGABYTE = 1_000_000;
/** What a PNG begins with: more of it is not looked at before a worker has it. */
const PNG_HEAD = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55", "hex");

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { count: { type: "string", default: "1000" }, megabytes: { type: "string", default: "50" } },
  });
  const [count, size] = [positive("count", values.count), positive("megabytes", values.megabytes) * MEGABYTE];
  await using platform = await startPlatform(signal);
  const headers = { "x-api-key": platform.apiKey };
  const body = new Uint8Array(size);
  body.set(PNG_HEAD);

  /** Deleted again at once: the disk need not hold them all. */
  const upload = async (): Promise<void> => {
    const answer = await fetch(new URL("/v1/documents", platform.url), { method: "POST", headers, body, signal });
    if (answer.status !== 202) throw new Error(`An upload was answered ${answer.status}: ${await answer.text()}`);
    await answer.bytes();
    const path = answer.headers.get("location") ?? "";
    const removal = await fetch(new URL(path, platform.url), { method: "DELETE", headers, signal });
    if (removal.status !== 204) throw new Error(`A deletion was answered ${removal.status}.`);
  };
  const memory = (): number[] => SERVICES.map((name) => familyMemory(platform.process(name).pid) / MEGABYTE);

  process.kill(platform.process("ocr-worker").pid, "SIGSTOP");
  try {
    await upload();
    const idle = memory();
    const seen: number[][] = [];
    const timer = setInterval(() => seen.push(memory()), LOOK_EVERY_MS);
    let begun = 0;
    const client = async (): Promise<void> => {
      while (begun++ < count) await upload();
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: CLIENTS }, client));
    const seconds = (performance.now() - began) / 1000;
    clearInterval(timer);

    const most = (from: number, to: number, service: number): number =>
      Math.max(...seen.slice(from * seen.length, to * seen.length).map((each) => each[service] ?? 0));
    const rows = SERVICES.map((name, service) => {
      const before = idle[service] ?? 0;
      const [early, late] = [most(0, 0.5, service), most(0.5, 1, service)];
      return [name, ...[before, early, late, Math.max(early, late) - before].map((each) => each.toFixed(0))];
    });
    const rate = (count * size) / MEGABYTE / seconds;
    console.log(`${count} uploads of ${size / MEGABYTE} MB by ${CLIENTS} clients, ${rate.toFixed(0)} MB a second\n`);
    console.log(
      markdownTable(["resident MB", "idle", "most, first half", "most, second half", "most over idle"], rows),
    );
  } finally {
    process.kill(platform.process("ocr-worker").pid, "SIGCONT");
  }
};

/** What large uploads cost the memory of those through whom they stream. */
export const uploads: Bench = {
  usage: "uploads [--count 1000] [--megabytes 50]",
  does: "memory of gateway and ocr-api while large files stream through them",
  minutes: 20,
  run,
};
