import { z } from "zod";
import { Model } from "./page-result.ts";

/** What a worker announces in Redis every 10 s, so that ocr-api knows languages and capacity without calling it. */
export const WorkerAnnouncement = z.object({
  worker: z.string(),
  engine: z.string(),
  engine_version: z.string(),
  slots: z.int().min(1).describe("pages it recognises at once"),
  models: z.array(Model),
});
export type WorkerAnnouncement = z.infer<typeof WorkerAnnouncement>;

export const LanguageList = z
  .object({
    items: z.array(z.object({ code: z.string(), kind: Model.shape.kind, sha256: z.string() })),
    next_cursor: z.null(),
  })
  .meta({ id: "LanguageList" });
export type LanguageList = z.infer<typeof LanguageList>;
