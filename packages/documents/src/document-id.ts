import { randomBytes } from "node:crypto";
import type { DocumentId } from "@lectura/contracts";

/** A fresh id: 48 bits of time, so that ids sort by age, and 80 random ones, so that nobody guesses them. */
export const newDocumentId = (now: number): DocumentId =>
  `doc_${now.toString(16).padStart(12, "0")}${randomBytes(10).toString("hex")}`;
