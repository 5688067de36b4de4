import { basename } from "node:path";
import { isFinal, type Document } from "@lectura/contracts";
import type { Screen } from "../output/screen.ts";
import type { ApiClient } from "./api-client.ts";

interface Submission {
  client: ApiClient;
  screen: Pick<Screen, "print" | "progress">;
  /** Takes the texts, one document after the other. */
  write: (text: string) => void;
  signal: AbortSignal;
}

const howFar = ({ status, pages, queue }: Document): string => {
  if (status === "queued") return queue && queue.position > 0 ? `waiting, ${queue.position} before it` : "waiting";
  if (pages.total === null) return "looking what it is";
  return `page ${Math.min(pages.done + pages.failed + 1, pages.total)} of ${pages.total}`;
};

const failedPages = async (client: ApiClient, document: Document): Promise<string> => {
  const { pages } = await client.result(document);
  return pages
    .flatMap(({ number, error }) => (error ? [`page ${number}: ${error.title}. ${error.detail}`] : []))
    .join("\n  ");
};

/** Follows one document to its end and writes its text; gives what went wrong, or undefined. */
const finish = async (
  { client, screen, write }: Submission,
  name: string,
  submitted: Document,
): Promise<{ reason: string } | undefined> => {
  for await (const document of client.follow(submitted)) {
    if (!isFinal(document.status)) {
      screen.progress(`${name}  ${howFar(document)}`);
      continue;
    }
    screen.progress(undefined);
    if (document.status !== "succeeded" && document.status !== "partial")
      return {
        reason: document.error ? `${document.error.title}. ${document.error.detail}` : `it is ${document.status}`,
      };
    const { done, total } = document.pages;
    screen.print(`${name}  ${done} of ${total} ${total === 1 ? "page" : "pages"} done`);
    const text = await client.text(document);
    write(text.endsWith("\n") ? text : `${text}\n`);
    return document.status === "partial" ? { reason: await failedPages(client, document) } : undefined;
  }
  return undefined;
};

/** What the work gives, or the reason why it failed; being interrupted is no such reason. */
const orReason = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | { reason: string }> => {
  try {
    return await work;
  } catch (error) {
    signal.throwIfAborted();
    return { reason: error instanceof Error ? error.message : String(error) };
  }
};

/** Submits all files, then writes their texts in the same order. Says of each that fails why; true when none did. */
export const submitFiles = async (files: readonly string[], submission: Submission): Promise<boolean> => {
  const { client, screen, signal } = submission;
  const sent: { name: string; document: Document | { reason: string } }[] = [];
  for (const file of files) {
    const name = basename(file);
    screen.progress(`${name}  sending`);
    sent.push({ name, document: await orReason(client.submit(file), signal) });
  }
  let allWell = true;
  for (const { name, document } of sent) {
    const outcome = "reason" in document ? document : await orReason(finish(submission, name, document), signal);
    screen.progress(undefined);
    if (outcome === undefined) continue;
    allWell = false;
    screen.print(`${name}  failed: ${outcome.reason}`);
  }
  return allWell;
};
