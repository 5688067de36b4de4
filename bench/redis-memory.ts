import { parseArgs } from "node:util";
import { PDFDocument, StandardFonts } from "@cantoo/pdf-lib";
import type { Document } from "@lectura/contracts";
import { Redis } from "ioredis";
import type { Bench, BenchContext } from "./bench.ts";
import { inLanes } from "./in-lanes.ts";
import { positive } from "./options.ts";
import { createClient } from "./platform/client.ts";
import { startPlatform } from "./platform/platform.ts";
import { markdownTable } from "./report/table.ts";

const CLIENTS = 8;

/** Pages that carry their text: the figure is about Redis, and reading them costs nearly nothing. */
const textPdf = async (pages: number): Promise<Buffer> => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (let page = 1; page <= pages; page += 1) {
    const sheet = pdf.addPage([595, 842]);
    for (let line = 0; line < 30; line += 1)
      sheet.drawText(`Esta es la hoja ${page} del documento, con palabras bastantes.`, {
        x: 60,
        y: 780 - line * 20,
        size: 14,
        font,
      });
  }
  return Buffer.from(await pdf.save());
};

const row = (name: string, bytes: number): string[] => [name, bytes.toFixed(0)];

const run = async ({ args, signal }: BenchContext): Promise<void> => {
  const { values } = parseArgs({
    args,
    options: { documents: { type: "string", default: "300" }, pages: { type: "string", default: "500" } },
  });
  const [count, pages] = [positive("documents", values.documents), positive("pages", values.pages)];
  await using platform = await startPlatform(signal);
  const client = createClient(platform, signal);
  const redis = new Redis(platform.process("redis").port, "127.0.0.1");
  const worker = platform.process("ocr-worker").pid;
  const used = async (): Promise<number> =>
    Number(/used_memory_dataset:(\d+)/.exec(await redis.info("memory"))?.[1] ?? Number.NaN);
  try {
    const [short, long] = await Promise.all([textPdf(1), textPdf(pages)]);
    // The first one brings the scripts, and the keys of which there is one.
    await client.finished(await client.submit(short, "spa", 60));

    process.kill(worker, "SIGSTOP");
    const empty = await used();
    const submitted: Document[] = [];
    await inLanes(CLIENTS, Array.from({ length: count }), async () => {
      submitted.push(await client.submit(short, "spa"));
    });
    const queued = await used();
    process.kill(worker, "SIGCONT");
    for (const document of submitted) await client.finished(document);
    const finished = await used();
    await client.finished(await client.submit(long, "spa"));
    const afterLong = await used();

    const perDocument = (finished - empty) / count;
    console.log(
      markdownTable(
        ["bytes in Redis", `of ${count} documents`],
        [
          row("a queued document", (queued - empty) / count),
          row("a finished document of one page", perDocument),
          row(`each page of a finished document of ${pages}`, (afterLong - finished - perDocument) / pages),
        ],
      ),
    );
  } finally {
    process.kill(worker, "SIGCONT");
    redis.disconnect();
  }
};

/** What documents cost the memory of Redis. */
export const redisMemory: Bench = {
  usage: "redis-memory [--documents 300] [--pages 500]",
  does: "bytes that queued and finished documents take in Redis",
  minutes: 5,
  run,
};
