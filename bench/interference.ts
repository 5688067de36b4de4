import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PDFDocument } from "@cantoo/pdf-lib";
import type { Bench, BenchContext } from "./bench.ts";
import { positive } from "./options.ts";
import { createClient } from "./platform/client.ts";
import { startPlatform } from "./platform/platform.ts";
import { percentile } from "./report/statistics.ts";
import { markdownTable } from "./report/table.ts";
import { repository } from "./repository.ts";

/** A scan, so many times the same page: each of them has to be recognised. */
const longScan = async (pages: number): Promise<Buffer> => {
  const pdf = await PDFDocument.create();
  const image = await pdf.embedPng(await readFile(join(repository, "samples/carta.png")));
  for (let page = 0; page < pages; page += 1) {
    pdf.addPage([595, 842]).drawImage(image, { x: 0, y: 0, width: 595, height: 842 });
  }
  return Buffer.from(await pdf.save());
};

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { pages: { type: "string", default: "500" }, documents: { type: "string", default: "30" } },
  });
  const [pages, documents] = [positive("pages", values.pages), positive("documents", values.documents)];
  await using platform = await startPlatform(signal);
  const client = createClient(platform, signal);
  const page = await readFile(join(repository, "samples/carta.png"));

  const measure = async (): Promise<number[]> => {
    const times: number[] = [];
    for (let each = 0; each < documents; each += 1) {
      const began = performance.now();
      await client.finished(await client.submit(page, "spa", 60));
      times.push(performance.now() - began);
    }
    return times;
  };

  // The first ones start processes and load models.
  for (let warm = 0; warm < 4; warm += 1) await client.finished(await client.submit(page, "spa", 60));
  const idle = await measure();
  const long = await client.submit(await longScan(pages), "spa");
  while ((await client.look(long)).pages.done < 2) signal.throwIfAborted();
  const before = (await client.look(long)).pages.done;
  const beside = await measure();
  const { pages: counted, status } = await client.look(long);

  console.log(`${documents} one-page documents, one at a time, in milliseconds\n`);
  const row = (name: string, times: number[]): string[] => [
    name,
    ...[0.5, 0.95].map((share) => percentile(times, share).toFixed(0)),
    (percentile(times, 0.95) / percentile(idle, 0.95)).toFixed(2),
  ];
  const name = `beside a document of ${pages} pages`;
  console.log(markdownTable(["", "p50", "p95", "p95 × idle"], [row("idle", idle), row(name, beside)]));
  console.log(`\nThe long document was ${status}; ${counted.done - before} of its pages were read meanwhile.`);
};

/** What a long document costs those who come while it runs. */
export const interference: Bench = {
  usage: "interference [--pages 500] [--documents 30]",
  does: "p50 and p95 of one-page documents on an idle platform and while a long one is recognised",
  minutes: 20,
  run,
};
