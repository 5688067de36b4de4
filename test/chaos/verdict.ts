import { Document, DocumentResult, isFinal } from "@lectura/contracts";
import { z } from "zod";
import { until } from "../fixtures/until.ts";
import { follow, type FollowedEvent } from "./follow.ts";
import type { Journal, Life } from "./journal.ts";
import { findLeftovers, judgeUnfinished, letTimePass } from "./leftovers.ts";
import type { ChaosTenant, Stage } from "./stage.ts";
import { judgeUsage } from "./usage.ts";

/** Long enough for every lease, lock and back-off that the troubles may have left behind. */
const ENDING_SECONDS = 240;
const TELLING_SECONDS = 240;
const CLEARING_SECONDS = 60;

const List = z.object({ items: z.array(Document), next_cursor: z.string().nullable() });

/** All documents of a tenant. */
const listOf = async ({ client }: ChaosTenant): Promise<Document[]> => {
  const all: Document[] = [];
  for (let cursor = ""; ;) {
    const { text } = await client.persist(`/v1/documents?limit=100${cursor}`);
    const { items, next_cursor } = List.parse(JSON.parse(text));
    all.push(...items);
    if (next_cursor === null) return all;
    cursor = `&cursor=${next_cursor}`;
  }
};

interface Trial {
  stage: Stage;
  journal: Journal;
  over: AbortSignal;
}

/** A document as the platform has it, with the life it belongs to. */
export interface Found {
  document: Document;
  life: Life;
  events: FollowedEvent[];
}

/** Events are numbered without a gap, each page has one, and the last one alone is an end. */
const judgeEvents = ({ document, life, events }: Found, { journal }: Trial): void => {
  const { id, status, pages } = document;
  const settled = events.filter(({ type }) => type.startsWith("page.")).map(({ page }) => page);
  const ends = events.filter(
    ({ type }) => /\.(succeeded|partial|failed|cancelled)$/.test(type) && !type.startsWith("page"),
  );
  if (events.some((event, index) => event.id !== index + 1)) journal.complain(`${id} has gaps in its events`);
  if (new Set(settled).size !== settled.length) journal.complain(`${id} has two events of one page`);
  if (settled.length !== pages.done + pages.failed) journal.complain(`${id} has ${settled.length} events of pages`);
  if (ends.length !== 1 || events.at(-1)?.type !== `document.${status}`)
    journal.complain(`${id} (${status}) ends with ${ends.map(({ type }) => type).join(", ") || "nothing"}`);
  if (life.followed && JSON.stringify(life.followed) !== JSON.stringify(events))
    journal.complain(`the reader of ${id} has seen other events: ${JSON.stringify(life.followed)}`);
  if (life.followed) journal.count("followed to the end");
};

/** It has its text, and one result for each page. */
const judgeResult = async ({ document: { id, pages }, life: { kind, tenant } }: Found, { journal }: Trial) => {
  if (pages.total !== kind.pages || pages.done !== kind.pages || pages.failed > 0)
    journal.complain(`${id} has ${pages.done} of ${pages.total} pages, ${pages.failed} failed`);
  const { text } = await tenant.client.persist(`/v1/documents/${id}/result?format=text`);
  if (!kind.isRight(text)) journal.complain(`${id} (${kind.name}) has another text: ${text.slice(0, 200)}`);
  const result = DocumentResult.parse(JSON.parse((await tenant.client.persist(`/v1/documents/${id}/result`)).text));
  const numbers = result.pages.map(({ number }) => number);
  if (new Set(numbers).size !== kind.pages || numbers.length !== kind.pages)
    journal.complain(`${id} has results of the pages ${numbers.join(", ")}`);
};

/** It has ended as asked. */
const judgeEnd = async (found: Found, trial: Trial): Promise<void> => {
  const { document, life } = found;
  const { journal } = trial;
  const { id, status } = document;
  journal.count(status);
  if (status === "cancelled" && life.fate === "cancel") return;
  if (life.end === "cancelled") return journal.complain(`${id} is ${status} though it was cancelled`);
  if (status !== "succeeded")
    return journal.complain(`${id} (${life.kind.name}) is ${status}: ${document.error?.detail}`);
  await judgeResult(found, trial);
};

const judgeAbsence = async (life: Life, found: Document[], { journal }: Trial): Promise<void> => {
  if (found.length > 0) journal.complain(`${life.id} is there though it was deleted`);
  const { status } = await life.tenant.client.persist(`/v1/documents/${life.id}`);
  if (status !== 410) journal.complain(`${life.id}, which was deleted, was answered ${status}`);
};

/** What was acknowledged is there once, what was deleted is not, and nothing is there that nobody has handed in. */
const judgePresence = async (trial: Trial, all: Document[]): Promise<void> => {
  const { journal } = trial;
  const named = Map.groupBy(all, ({ reference }) => reference);
  for (const life of journal.lives) {
    const found = named.get(life.reference) ?? [];
    named.delete(life.reference);
    if (found.length > 1) journal.complain(`${life.reference} is there ${found.length} times`);
    if (life.end === "deleted") await judgeAbsence(life, found, trial);
    else if (life.id !== undefined && found[0]?.id !== life.id)
      journal.complain(`${life.reference} was acknowledged as ${life.id}, and is ${found[0]?.id ?? "lost"}`);
  }
  for (const reference of named.keys()) journal.complain(`nobody has handed in ${reference}`);
};

/** Each end is told, under one id. */
const judgeWebhooks = async ({ stage, journal }: Trial, found: Found[]): Promise<void> => {
  const { told } = stage.receiver;
  const expected = found.filter(({ life }) => life.callback);
  const isTold = async (): Promise<boolean> => expected.every(({ document }) => told.has(document.id));
  await until(isTold, TELLING_SECONDS);
  for (const { document } of expected) {
    const types = [...(told.get(document.id)?.values() ?? [])].flatMap((each) => [...each]);
    if (types.join() !== `lectura.document.${document.status}`)
      journal.complain(`of ${document.id} (${document.status}) was told: ${types.join(", ") || "nothing"}`);
  }
  for (const [id, webhooks] of told)
    if (webhooks.size > 1) journal.complain(`${id} was told under ${webhooks.size} ids`);
  journal.count("webhooks told", told.size);
  journal.count("webhook calls", stage.receiver.tellings());
};

const clear = async (trial: Trial, found: Found[]): Promise<void> => {
  const { stage, journal } = trial;
  for (const { document, life } of found)
    await life.tenant.client.persist(`/v1/documents/${document.id}`, () => ({ method: "DELETE" }));
  await judgeUnfinished(stage, journal);
  let left: string[] = [];
  const isClear = async (): Promise<boolean> => {
    await letTimePass(stage);
    left = await findLeftovers(stage);
    return left.length === 0;
  };
  await until(isClear, CLEARING_SECONDS);
  for (const each of left) journal.complain(`left behind: ${each}`);
};

/** Waits for everything to come to its end, then holds what the platform says against what it has promised. */
export const judge = async (trial: Trial): Promise<void> => {
  const { stage, journal, over } = trial;
  let all: Document[] = [];
  const hasEnded = async (): Promise<boolean> => {
    all = (await Promise.all(stage.tenants.map(listOf))).flat();
    return all.every(({ status }) => isFinal(status));
  };
  if (!(await until(hasEnded, ENDING_SECONDS))) {
    for (const { id, status, queue } of all.filter((each) => !isFinal(each.status)))
      journal.complain(`${id} is still ${status}, at ${queue?.position ?? "no place"}`);
    return;
  }
  await judgePresence(trial, all);
  const found: Found[] = [];
  for (const document of all) {
    const life = journal.lives.find(({ reference }) => reference === document.reference);
    if (!life) continue;
    found.push({ document, life, events: await follow(life.tenant.client, document.id, over) });
  }
  for (const each of found) judgeEvents(each, trial);
  for (const each of found) await judgeEnd(each, trial);
  await judgeWebhooks(trial, found);
  await judgeUsage(trial, found);
  await clear(trial, found);
};
