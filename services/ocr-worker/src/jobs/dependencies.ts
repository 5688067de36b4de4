import type { DocumentStore } from "@lectura/documents";
import type { Ocr } from "@lectura/ocr";
import type { Producer } from "@lectura/queue";
import type { Storage } from "@lectura/storage";
import type { LocalInputs } from "../inputs/local-inputs.ts";
import type { PageMetrics } from "../presence/page-metrics.ts";

/** What the jobs of this worker work with. */
export interface JobDependencies {
  /** A name that no other process has had. */
  worker: string;
  documents: DocumentStore;
  storage: Storage;
  producer: Producer;
  ocr: Ocr;
  inputs: LocalInputs;
  metrics: PageMetrics;
  maxPages: number;
}
