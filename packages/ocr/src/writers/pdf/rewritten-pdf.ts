import { fstatSync, readSync } from "node:fs";
import { type Dictionary, readDictionary, referenceIn } from "./dictionary.ts";

/** Enough for the last lines of a file, which say where the table begins. */
const TAIL_BYTES = 64;
/** Most objects that are looked at are smaller. */
const OBJECT_BYTES = 4096;

const readText = (file: number, position: number, length: number): string => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position)).toString("latin1");
};

/** Where each object begins, of a table as PDFium writes it: sections of a head and lines of twenty bytes. */
const offsetsOf = (table: string): Map<number, number> => {
  const offsets = new Map<number, number>();
  let number = 0;
  for (const line of table.split("\r\n").slice(1)) {
    const [, first, offset] = /^(?:(\d+) \d+|(\d{10}) 00000 n ?)$/.exec(line) ?? [];
    if (first !== undefined) number = Number(first);
    else if (offset !== undefined) offsets.set(number++, Number(offset));
    else number += 1;
  }
  return offsets;
};

/**
 * Reads objects of a PDF that PDFium has just written: with one table, each object by itself, nothing encrypted. What it
 * was made from may be any PDF that PDFium can repair.
 */
export const openRewritten = (file: number) => {
  const bytes = fstatSync(file).size;
  const end = readText(file, Math.max(0, bytes - TAIL_BYTES), TAIL_BYTES);
  const table = Number(/startxref\s+(\d+)/.exec(end)?.[1]);
  const rest = readText(file, table, bytes - table);
  const trailerAt = rest.indexOf("trailer");
  const offsets = offsetsOf(rest.slice(0, trailerAt));

  /** An object's text, for objects that are no streams. */
  const object = (number: number): string => {
    const offset = offsets.get(number);
    if (offset === undefined) return "null";
    for (let length = OBJECT_BYTES; ; length *= 4) {
      const text = readText(file, offset, length);
      const end = text.search(/\bendobj\b|\bstream\b/);
      if (end >= 0) return text.slice(text.indexOf("obj") + "obj".length, end).trim();
      if (offset + length > bytes) throw new Error(`object ${number} of a PDF does not end`);
    }
  };
  /** What a value says, looked up where it is a reference. */
  const resolve = (value: string): string => {
    const number = referenceIn(value);
    return number === undefined ? value : object(number);
  };
  return {
    bytes,
    table,
    trailer: readDictionary(rest.slice(trailerAt + "trailer".length)),
    object,
    resolve,
    /** The dictionary that a value is or refers to; empty where there is none. */
    dictionary: (value: string | undefined): Dictionary => {
      const text = value === undefined ? "" : resolve(value);
      return text.startsWith("<<") ? readDictionary(text) : new Map();
    },
  };
};
export type RewrittenPdf = ReturnType<typeof openRewritten>;
