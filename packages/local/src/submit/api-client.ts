import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Document, DocumentResult, Problem } from "@lectura/contracts";
import { ExplainedError } from "../explained-error.ts";

/** The calls of the public API that submitting files needs. */
export interface ApiClient {
  submit(file: string): Promise<Document>;
  /** Yields the document at once and then whenever it has changed. */
  follow(document: Document): AsyncGenerator<Document>;
  text(document: Document): Promise<string>;
  result(document: Document): Promise<DocumentResult>;
}

/** Long polling: how long the platform may hold an answer back, in seconds. */
const WAIT_SECONDS = 20;
/** A service that died is back well within this time. */
const OUTAGE_MS = 60_000;
const RETRY_MS = 500;

interface CallInit {
  method?: "POST";
  headers: Record<string, string>;
  body?: Blob;
}

/** RFC 6266; a name beyond plain ASCII goes by RFC 8187. */
const dispositionOf = (name: string): string => {
  if (/^[\w .-]+$/.test(name)) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${encoded}`;
};

/** A call that was refused or got no answer. */
class CallError extends ExplainedError {
  readonly retryable: boolean;

  constructor(message: string, options: ErrorOptions & { retryable: boolean }) {
    super(message, options);
    this.retryable = options.retryable;
  }
}

const refusal = async (answer: Response): Promise<CallError> => {
  const text = await answer.text();
  try {
    const { title, detail, retryable } = Problem.parse(JSON.parse(text));
    return new CallError(`${title}. ${detail}`, { retryable });
  } catch (cause) {
    return new CallError(`the platform answered ${answer.status}: ${text.slice(0, 200)}`, { cause, retryable: false });
  }
};

export const createApiClient = (options: { url: string; apiKey: string; signal: AbortSignal }): ApiClient => {
  const { url, apiKey, signal } = options;

  const call = async (path: string, init: CallInit): Promise<Response> => {
    const headers = { ...init.headers, "x-api-key": apiKey };
    const answer = await fetch(new URL(path, url), { ...init, headers, signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new CallError(`the platform does not answer at ${url}`, { cause, retryable: true });
    });
    if (answer.ok || answer.status === 304) return answer;
    throw await refusal(answer);
  };

  /** Reading may be repeated: it outlasts the restart of a service. */
  const read = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
    const deadline = performance.now() + OUTAGE_MS;
    for (;;) {
      try {
        return await call(path, { headers });
      } catch (error) {
        if (!(error instanceof CallError && error.retryable) || performance.now() > deadline) throw error;
        await pause(RETRY_MS, undefined, { signal });
      }
    }
  };

  return {
    submit: async (file) => {
      // Read from the disk while it is sent; its size is known and declared.
      const body = await openAsBlob(file);
      const headers = { "content-disposition": dispositionOf(basename(file)) };
      const answer = await call("/v1/documents", { method: "POST", body, headers });
      return Document.parse(await answer.json());
    },
    follow: async function* (document) {
      let etag: string | null = null;
      for (;;) {
        const answer = await read(
          `${document.links.self}?wait=${etag ? WAIT_SECONDS : 0}`,
          etag ? { "if-none-match": etag } : {},
        );
        etag = answer.headers.get("etag");
        if (answer.status === 200) yield Document.parse(await answer.json());
      }
    },
    text: async (document) => (await read(`${document.links.result}?format=text`)).text(),
    result: async (document) => DocumentResult.parse(await (await read(`${document.links.result}?format=json`)).json()),
  };
};
