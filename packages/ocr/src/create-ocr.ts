import {
  AUTO_LANGUAGES,
  type DocumentOptions,
  type Model,
  type PageResult,
  type Preprocess,
  ProblemError,
} from "@lectura/contracts";
import type { ChildSettings, Inspection, Message } from "./child/protocol.ts";
import { findModels } from "./models/find-models.ts";
import { findPpocrModels, PPOCR_VERSION } from "./models/ppocr-models.ts";
import { type Child, startChild } from "./pool/child.ts";
import { createPool, type Urgency } from "./pool/pool.ts";
import { spoolPages } from "./pool/spool-pages.ts";

/** Found by the system's own rules: LD_LIBRARY_PATH, then the configured folders. */
const SYSTEM_LIBRARY = process.platform === "darwin" ? "libtesseract.5.dylib" : "libtesseract.so.5";

/** When a process has done enough: WebAssembly memory never shrinks, and engines leak a little with each page. */
const RENEWAL = { pages: 500, growth: 500 * 1024 * 1024 };

/**
 * More memory than a process ever needs: the largest page takes 930 MB in one that is fresh (k8s/base/ocr-worker), and one
 * that is nearly worn has 500 MB more.
 */
const MEMORY = 1400 * 1024 * 1024;

/** Share of the CPU time after which a page is given up, beyond which no other reading of it is begun. */
const LADDER_SHARE = 1 / 2;

export interface OcrOptions {
  /** `auto` takes the native engine where its library can be loaded, else tesseract.js. */
  engine: "auto" | "native" | "tesseract.js";
  /** Pages recognised at once, each in a process of its own with one thread. */
  slots: number;
  /** libtesseract.so.5; looked up by the system when left out. The libraries it needs are found by LD_LIBRARY_PATH. */
  library?: string;
  /** A folder with the models of PP-OCRv6, the second engine for pages that the first is not sure of; without it there is none. */
  ppocr?: string;
  /** A folder with *.traineddata; the system's when left out. Missing eng and spa come from npm packages. */
  tessdata?: string;
  limits: {
    pagePixels: number;
    /** Wall time of a page; half of it as CPU time. */
    pageSeconds: number;
  };
}

export interface Ocr {
  readonly info: {
    engine: "tesseract" | "tesseract.js";
    /** With the second engine's where there is one: results of both are others than of the first alone. */
    engine_version: string;
    /** Why it is not the native engine, where that was tried; null otherwise. */
    engine_note: string | null;
    /** The engine that is asked for pages of which the first is not sure; null where its models are not installed. */
    second_engine: string | null;
    slots: number;
    models: Model[];
  };
  /** Media type and number of pages of a local file; refuses what cannot be opened. */
  inspect(path: string, options?: OpenOptions): Promise<Inspection>;
  /** One page, from 1, of a local file. Expected failures are a ProblemError with the code of API.md. */
  recognize(path: string, page: number, options: RecognizeOptions): Promise<PageResult>;
  /**
   * Writes a local file as a searchable PDF to the path `target`: a PDF as it is, images as they are, with invisible text
   * over what was recognised. `pages` are their results in order; they are not kept in memory.
   */
  writePdf(path: string, pages: AsyncIterable<PageResult>, target: string, options?: OpenOptions): Promise<void>;
  /** Writes the image that a page's boxes fit to the path `target`, as PNG. */
  writePageImage(path: string, page: PageResult, target: string, options?: OpenOptions): Promise<void>;
  /** Ends all processes now; calls that are not answered yet reject. */
  close(): Promise<void>;
}

interface OpenOptions {
  /** Opens an encrypted PDF. */
  password?: string;
  urgency?: Urgency;
  /** Ends the work, also in the middle of a page, and rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface RecognizeOptions extends OpenOptions {
  languages: string[];
  textLayer: DocumentOptions["text_layer"];
  /** `auto` when left out: what the page needs, and another preparation where it was read badly. */
  preprocess?: Preprocess;
}

type EngineSettings = ChildSettings["engine"];

const candidates = ({ engine, library }: OcrOptions): EngineSettings[] => {
  const native: EngineSettings = { name: "tesseract", library: library ?? SYSTEM_LIBRARY };
  const compiled: EngineSettings = { name: "tesseract.js" };
  return { auto: [native, compiled], native: [native], "tesseract.js": [compiled] }[engine];
};

/** Starts a child with the first engine that is there. */
const startFirst = async (
  engines: EngineSettings[],
  settings: Omit<ChildSettings, "engine">,
): Promise<{ first: Child; engine: EngineSettings; note: string | null }> => {
  const reasons: ProblemError[] = [];
  for (const engine of engines) {
    try {
      const first = await startChild({ ...settings, engine });
      return { first, engine, note: reasons[0]?.message ?? null };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      reasons.push(error);
    }
  }
  throw reasons.at(-1) ?? new Error("No engine was tried.");
};

const refusal = (answer: Message): ProblemError | Error =>
  answer.type === "refused"
    ? new ProblemError(answer.code, answer.detail, answer.cause ? { cause: new Error(answer.cause) } : {})
    : new Error(`The OCR process answered "${answer.type}" to another question.`);

/** Recognises pages of local files in supervised processes: a page that crashes, hangs or leaks costs only itself. */
export const createOcr = async (options: OcrOptions): Promise<Ocr> => {
  const { slots, tessdata, ppocr, limits } = options;
  const models = await findModels(tessdata);
  const budget = (limits.pageSeconds / 2) * LADDER_SHARE;
  const second = ppocr === undefined ? undefined : await findPpocrModels(ppocr);
  const settings = {
    models,
    ...(second && { second }),
    pagePixels: limits.pagePixels,
    memory: MEMORY,
    budget,
    renewal: RENEWAL,
  };
  const { first, engine, note } = await startFirst(candidates(options), settings);
  const pool = createPool({
    slots,
    seconds: limits.pageSeconds,
    start: () => startChild({ ...settings, engine }),
    first,
  });
  const installed = models.map(({ language }) => language);

  return {
    info: {
      engine: engine.name,
      engine_version: second ? `${first.version} with ${PPOCR_VERSION}` : first.version,
      engine_note: note,
      second_engine: second ? PPOCR_VERSION : null,
      slots,
      models: models.map(({ language, kind, sha256 }) => ({ language, kind, sha256 })),
    },

    async inspect(path, { password, ...options } = {}) {
      const answer = await pool.run({ task: "inspect", path, password }, options);
      if (answer.type !== "inspected") throw refusal(answer);
      return answer.inspection;
    },

    async recognize(path, page, { languages, textLayer, preprocess = "auto", password, signal, urgency }) {
      const unknown = languages.filter((language) => ![AUTO_LANGUAGES, ...installed].includes(language));
      if (unknown.length > 0) {
        const detail = `Not installed: ${unknown.join(", ")}. Installed: ${installed.join(", ")}.`;
        throw new ProblemError("unknown-language", detail);
      }
      const request = { task: "recognize", path, password, page, languages, textLayer, preprocess } as const;
      const answer = await pool.run(request, { signal, urgency });
      if (answer.type !== "recognized") throw refusal(answer);
      return answer.result;
    },

    async writePdf(path, pages, target, { password, signal, urgency } = {}) {
      await using spool = await spoolPages(pages);
      const seconds = limits.pageSeconds * Math.max(1, spool.count);
      const request = { task: "write-pdf", path, password, pages: spool.path, target } as const;
      const answer = await pool.run(request, { signal, urgency, seconds });
      if (answer.type !== "written") throw refusal(answer);
    },

    async writePageImage(path, page, target, { password, signal, urgency } = {}) {
      const answer = await pool.run({ task: "write-image", path, password, page, target }, { signal, urgency });
      if (answer.type !== "written") throw refusal(answer);
    },

    close: () => pool.close(),
  };
};
