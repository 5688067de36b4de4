import { readFile } from "node:fs/promises";
import { Document, DocumentResult, isFinal } from "@lectura/contracts";
import type { Platform } from "./platform.ts";

const WAIT_SECONDS = 60;

interface CallInit {
  method?: "POST";
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

/** A client of the platform as a program would be one: over HTTP, through the gateway, with its API key. */
export const createClient = ({ url, apiKey }: Pick<Platform, "url" | "apiKey">, signal: AbortSignal) => {
  const call = async (path: string, init: CallInit = {}): Promise<Response> => {
    const headers = { ...init.headers, "x-api-key": apiKey };
    const answer = await fetch(new URL(path, url), { ...init, headers, signal });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer;
  };

  /** Hands the bytes in; the answer comes as soon as they are safe, or with `wait` when the text is there. */
  const submit = async (bytes: Buffer, languages: string, wait = 0): Promise<Document> => {
    const headers = { "cache-control": "no-cache", ...(wait > 0 && { prefer: `wait=${wait}` }) };
    const path = `/v1/documents?languages=${languages}`;
    const answer = await call(path, { method: "POST", body: new Uint8Array(bytes), headers });
    return Document.parse(await answer.json());
  };

  /** The document once nothing more will happen to it. @throws when it has not succeeded */
  const finished = async (submitted: Document): Promise<Document> => {
    let document = submitted;
    while (!isFinal(document.status)) {
      document = Document.parse(await (await call(`${document.links.self}?wait=${WAIT_SECONDS}`)).json());
    }
    if (document.status === "succeeded") return document;
    throw new Error(`${document.id} ended as ${document.status}: ${document.error?.detail ?? "no reason given"}`);
  };

  return {
    submit,
    finished,
    /** The document as it is now. */
    look: async ({ links }: Document): Promise<Document> => Document.parse(await (await call(links.self)).json()),
    /** Submits a page and waits until it has been read. */
    read: async (page: { image: string; lang: string }): Promise<Document> =>
      finished(await submit(await readFile(page.image), page.lang, WAIT_SECONDS)),
    text: async ({ links }: Document): Promise<string> => (await call(`${links.result}?format=text`)).text(),
    result: async ({ links }: Document): Promise<DocumentResult> =>
      DocumentResult.parse(await (await call(`${links.result}?format=json`)).json()),
  };
};
export type Client = ReturnType<typeof createClient>;
