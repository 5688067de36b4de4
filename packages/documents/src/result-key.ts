import { createHash } from "node:crypto";
import type { DocumentInput, WorkerAnnouncement } from "@lectura/contracts";
import type { DocumentRecord } from "./record.ts";

/** What recognises: another engine or another model may read another text. */
export type Recogniser = Pick<WorkerAnnouncement, "engine" | "engine_version" | "models">;

/** Options that say nothing about what is read. Whatever is not named here makes another result. */
const BESIDE_THE_RESULT: ReadonlySet<string> = new Set(["reference", "ttl", "priority", "callback_url", "outputs"]);

/** What a result is found by: the bytes, the options that shape it, and the digests of engine and models. */
export const resultKey = (
  { input, options }: Pick<DocumentRecord, "options"> & { input: DocumentInput },
  { engine, engine_version, models }: Recogniser,
): string => {
  const shaping = Object.entries(options).filter(([name]) => !BESIDE_THE_RESULT.has(name));
  const installed = new Set(models.map(({ language }) => language));
  const { languages } = options;
  // A language that is no model's name stands for any of them.
  const used = languages.every((language) => installed.has(language))
    ? models.filter(({ language }) => languages.includes(language))
    : models;
  const digests = used.map(({ language, sha256 }) => `${language}:${sha256}`).toSorted();
  const canonical = [input.sha256, shaping.toSorted(([a], [b]) => (a < b ? -1 : 1)), engine, engine_version, digests];
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex");
};
