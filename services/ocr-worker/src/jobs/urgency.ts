import type { DocumentRecord } from "@lectura/documents";
import type { Urgency } from "@lectura/ocr";

/** How a document's work stands beside that of others; `alone`: it is all there is to do for the document just now. */
export const urgencyOf = ({ options }: Pick<DocumentRecord, "options">, { alone }: { alone: boolean }): Urgency => {
  if (options.priority === "batch") return "batch";
  return alone ? "urgent" : "normal";
};
