import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { init, type WrappedPdfiumModule } from "@embedpdf/pdfium";

export type Pdfium = Awaited<ReturnType<typeof loadPdfium>>;

const isFunction = (value: unknown): value is (...numbers: number[]) => number => typeof value === "function";

/** PDFium as WebAssembly, with the few things around its C API that C would give for free. */
export const loadPdfium = async () => {
  const wasm = await readFile(fileURLToPath(import.meta.resolve("@embedpdf/pdfium/pdfium.wasm")));
  // The loader wants an ArrayBuffer of its own, not a view of Node's pool.
  const api: WrappedPdfiumModule = await init({ wasmBinary: Uint8Array.from(wasm).buffer });
  api.PDFiumExt_Init();
  const { pdfium } = api;
  const { malloc, free } = pdfium.wasmExports;

  /** The module's memory, anew for each use: it is replaced when it grows. The package does not declare it. */
  const heap = (): Uint8Array => {
    const bytes: unknown = Reflect.get(pdfium, "HEAPU8");
    if (!(bytes instanceof Uint8Array)) throw new Error("PDFium does not expose its memory.");
    return bytes;
  };

  /**
   * A function of numbers as it is, for what is called once a character: the package's wrapper, which looks it up by its
   * name and makes lists of the arguments, costs more than it. What the API calls boolean is 0 or 1 here.
   */
  const unwrapped = (name: keyof WrappedPdfiumModule): ((...numbers: number[]) => number) => {
    const found: unknown = Reflect.get(pdfium.wasmExports, name);
    if (!isFunction(found)) throw new Error(`PDFium has no ${name}.`);
    return found;
  };

  /** Calls `use` with room for `bytes` bytes. */
  const withMemory = <Result>(bytes: number, use: (pointer: number) => Result): Result => {
    const pointer = malloc(bytes);
    try {
      return use(pointer);
    } finally {
      free(pointer);
    }
  };

  /** Opens a file by reading from it what is asked for, so that a page of a 200 MB scan does not load all of it. */
  const openDocument = (path: string, password = "") => {
    const file = openSync(path, "r");
    const readBlock = pdfium.addFunction((_: number, position: number, target: number, length: number) => {
      const read = readSync(file, heap(), target, length, position >>> 0);
      return read === length ? 1 : 0;
    }, "iiiii");
    // struct FPDF_FILEACCESS { unsigned long m_FileLen; int (*m_GetBlock)(…); void* m_Param; }
    const access = malloc(12);
    pdfium.setValue(access, fstatSync(file).size, "i32");
    pdfium.setValue(access + 4, readBlock, "i32");
    pdfium.setValue(access + 8, 0, "i32");
    const document = api.FPDF_LoadCustomDocument(access, password);
    return {
      /** 0 when it could not be opened; `error` says why. */
      document,
      error: document === 0 ? api.FPDF_GetLastError() : 0,
      close() {
        if (document !== 0) api.FPDF_CloseDocument(document);
        free(access);
        pdfium.removeFunction(readBlock);
        closeSync(file);
      },
    };
  };

  return { api, unwrapped, heap, getValue: pdfium.getValue, withMemory, openDocument };
};
