// `pnpm chaos`: a platform under load while everything in it is killed, stopped, slowed down, filled up and restarted at
// random; at the end each acknowledged document must have ended once, as asked, with its text.
//   --seed N       the same troubles and the same load again; by chance when left out
//   --minutes M    of trouble, then as long as it takes (default 2)
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { runChaos } from "./chaos.ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: String(randomInt(2 ** 31)) }, minutes: { type: "string", default: "2" } },
});
const [seed, minutes] = [Number(values.seed), Number(values.minutes)];
if (!Number.isSafeInteger(seed) || !(minutes > 0))
  throw new Error("--seed is a whole number, --minutes a number above 0");

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
console.log(`seed ${seed}, ${minutes} minutes`);
const { counts, complaints } = await runChaos({
  seed,
  seconds: minutes * 60,
  say: console.log,
  signal: interrupted.signal,
}).catch((error: unknown) => {
  if (!interrupted.signal.aborted) throw error;
  console.log("ended in the middle: nothing was judged");
  process.exit(130);
});
for (const [what, count] of [...counts].toSorted(([a], [b]) => a.localeCompare(b)))
  console.log(`${String(count).padStart(7)}  ${what}`);
for (const complaint of complaints) console.log(`BROKEN: ${complaint}`);
console.log(
  complaints.length === 0
    ? `Nothing was lost, nothing was done twice, nothing is left.`
    : `Again: npx -y pnpm@12 chaos --seed ${seed} --minutes ${minutes}`,
);
process.exitCode = complaints.length === 0 ? 0 : 1;
