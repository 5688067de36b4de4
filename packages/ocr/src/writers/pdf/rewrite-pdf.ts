import { writeSync } from "node:fs";
import { ProblemError } from "@lectura/contracts";
import type { Pdfium } from "../../sources/pdfium.ts";

/** `FPDF_REMOVE_SECURITY`: written as a whole, and what was encrypted is not any more. */
const PLAIN = 3;

/** Writes an opened document to an open file: streams as they are, everything around them repaired and in one form. */
export const rewritePdf = ({ api, heap, withMemory }: Pdfium, document: number, target: number): void => {
  const { addFunction, removeFunction, setValue } = api.pdfium;
  const writeBlock = addFunction((_: number, from: number, length: number) => {
    writeSync(target, heap(), from, length);
    return 1;
  }, "iiii");
  try {
    // struct FPDF_FILEWRITE { int version; int (*WriteBlock)(…); }
    const saved = withMemory(8, (writer) => {
      setValue(writer, 1, "i32");
      setValue(writer + 4, writeBlock, "i32");
      return api.FPDF_SaveAsCopy(document, writer, PLAIN);
    });
    if (!saved) throw new ProblemError("undecodable-file", "The PDF is too damaged to be written again.");
  } finally {
    removeFunction(writeBlock);
  }
};
