import koffi, { type LibraryHandle } from "koffi";
import { ProblemError } from "@lectura/contracts";

/** Levels of Tesseract's page iterator (`PageIteratorLevel`). */
export const LEVEL = { block: 0, paragraph: 1, line: 2, word: 3 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

/** Pointers of the library; never looked into on this side. */
export type Api = { readonly api: unique symbol };
export type Results = { readonly results: unique symbol };
export type Cursor = { readonly cursor: unique symbol };
type Out = [number];
type ReadFrame = (cursor: Cursor, level: Level, x0: Out, y0: Out, x1: Out, y1: Out) => boolean;

/** The part of Tesseract's C API (capi.h) that recognising a page needs, under the names it has there. */
export interface TesseractLibrary {
  version: () => string;
  create: () => Api;
  /** 0 when it went well. */
  init: (api: Api, folder: string, languages: string, mode: number) => number;
  setPageSegMode: (api: Api, mode: number) => void;
  setVariable: (api: Api, name: string, value: string) => boolean;
  setImage: (api: Api, grey: Buffer, width: number, height: number, bytesPerPixel: 1, bytesPerLine: number) => void;
  /** 0 when it went well. */
  recognize: (api: Api, monitor: null) => number;
  clear: (api: Api) => void;
  clearAdaptiveClassifier: (api: Api) => void;
  delete: (api: Api) => void;
  /** Null on a page without any block. */
  results: (api: Api) => Results | null;
  deleteResults: (results: Results) => void;
  /** The cursor belongs to its results and goes with them. */
  cursor: (results: Results) => Cursor;
  text: (results: Results, level: Level) => string | null;
  confidence: (results: Results, level: Level) => number;
  next: (cursor: Cursor, level: Level) => boolean;
  isAtBeginningOf: (cursor: Cursor, level: Level) => boolean;
  blockType: (cursor: Cursor) => number;
  boundingBox: ReadFrame;
  baseline: ReadFrame;
}

const load = (path: string): LibraryHandle => {
  try {
    return koffi.load(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProblemError("engine-unavailable", `Native Tesseract cannot be loaded from ${path}: ${reason}`, {
      cause,
    });
  }
};

/** Loads libtesseract 5. Its worker threads must be off before: `OMP_THREAD_LIMIT=1` in this process's environment. */
export const loadTesseract = (path: string): TesseractLibrary => {
  const library = load(path);
  const frame = ["void *", "int", ...Array.from({ length: 4 }, () => koffi.out("int *"))];
  // Texts are copied into a JavaScript string and freed at once.
  const text = koffi.disposable("str", library.func("void TessDeleteText(void *)"));
  return {
    version: library.func("const char *TessVersion()"),
    create: library.func("void *TessBaseAPICreate()"),
    init: library.func("int TessBaseAPIInit2(void *, const char *, const char *, int)"),
    setPageSegMode: library.func("void TessBaseAPISetPageSegMode(void *, int)"),
    setVariable: library.func("bool TessBaseAPISetVariable(void *, const char *, const char *)"),
    setImage: library.func("void TessBaseAPISetImage(void *, const uint8_t *, int, int, int, int)"),
    recognize: library.func("int TessBaseAPIRecognize(void *, void *)"),
    clear: library.func("void TessBaseAPIClear(void *)"),
    clearAdaptiveClassifier: library.func("void TessBaseAPIClearAdaptiveClassifier(void *)"),
    delete: library.func("void TessBaseAPIDelete(void *)"),
    results: library.func("void *TessBaseAPIGetIterator(void *)"),
    deleteResults: library.func("void TessResultIteratorDelete(void *)"),
    cursor: library.func("void *TessResultIteratorGetPageIterator(void *)"),
    text: library.func("TessResultIteratorGetUTF8Text", text, ["void *", "int"]),
    confidence: library.func("float TessResultIteratorConfidence(void *, int)"),
    next: library.func("bool TessPageIteratorNext(void *, int)"),
    isAtBeginningOf: library.func("bool TessPageIteratorIsAtBeginningOf(void *, int)"),
    blockType: library.func("int TessPageIteratorBlockType(void *)"),
    boundingBox: library.func("TessPageIteratorBoundingBox", "bool", frame),
    baseline: library.func("TessPageIteratorBaseline", "bool", frame),
  };
};
