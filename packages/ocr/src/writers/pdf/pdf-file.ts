import { deflateSync } from "node:zlib";
import { type Dictionary, writeDictionary } from "./dictionary.ts";

/** Numbers that follow each other, run by run. */
const runsOf = (numbers: number[]): number[][] => {
  const runs: number[][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs;
};

/**
 * Writes a PDF object by object and forgets each; only where they begin is kept, for the table at the end. `write` takes
 * bytes that follow those before: of a file that is there already (`begun`), with so many bytes and object numbers.
 */
export const createPdfFile = (write: (bytes: Uint8Array) => void, begun?: { bytes: number; numbers: number }) => {
  const offsets = new Map<number, number>();
  let position = begun?.bytes ?? 0;
  let numbers = begun?.numbers ?? 1;
  const put = (bytes: Uint8Array): void => {
    write(bytes);
    position += bytes.length;
  };
  const say = (text: string): void => put(Buffer.from(text, "latin1"));
  const reserve = (): number => numbers++;
  const begin = (number: number): void => {
    offsets.set(number, position);
    say(`${number} 0 obj\n`);
  };
  // The second line tells transports that the file is not text.
  say(begun ? "\n" : "%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3\n");

  const stream = (entries: string, data: Iterable<Uint8Array>, length: number): number => {
    const number = reserve();
    begin(number);
    say(`<< ${entries} /Length ${length} >>\nstream\n`);
    for (const chunk of data) put(chunk);
    say("\nendstream\nendobj\n");
    return number;
  };

  return {
    /** A number for an object that is written later. */
    reserve,
    /** Writes an object, or writes it anew, and gives its number. */
    object(body: string, number = reserve()): number {
      begin(number);
      say(`${body}\nendobj\n`);
      return number;
    },
    /** Writes a stream of `length` bytes; `entries` are those of its dictionary besides its length. */
    stream,
    /** Writes a stream that is compressed here. */
    compressed(entries: string, data: string | Buffer): number {
      const bytes = deflateSync(data);
      return stream(`/Filter /FlateDecode ${entries}`, [bytes], bytes.length);
    },
    /** Writes the table and the trailer. */
    end(trailer: Dictionary): void {
      const table = position;
      say("xref\n0 1\n0000000000 65535 f \n");
      for (const run of runsOf([...offsets.keys()])) {
        say(`${run[0]} ${run.length}\n`);
        for (const number of run) say(`${String(offsets.get(number)).padStart(10, "0")} 00000 n \n`);
      }
      trailer.set("Size", String(numbers));
      say(`trailer\n${writeDictionary(trailer)}\nstartxref\n${table}\n%%EOF\n`);
    },
  };
};
export type PdfFile = ReturnType<typeof createPdfFile>;
