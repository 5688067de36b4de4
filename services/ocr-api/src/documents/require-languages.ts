import { AUTO_LANGUAGES, ProblemError, type WorkerAnnouncement } from "@lectura/contracts";

/** @throws ProblemError `unknown-language` naming the installed ones */
export const requireLanguages = (known: WorkerAnnouncement[], languages: string[]): void => {
  const installed = new Set(known.flatMap(({ models }) => models.map(({ language }) => language)));
  // Before the first worker has ever announced itself nobody knows: the worker will say so in the document then.
  const unknown =
    installed.size === 0 ? [] : languages.filter((name) => name !== AUTO_LANGUAGES && !installed.has(name));
  if (unknown.length === 0) return;
  throw new ProblemError(
    "unknown-language",
    `Not installed: ${unknown.join(", ")}. Installed: ${[...installed].toSorted().join(", ")}.`,
  );
};
