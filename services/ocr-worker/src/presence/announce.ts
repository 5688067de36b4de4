import { ANNOUNCE_SECONDS, type Workers } from "@lectura/documents";
import type { Ocr } from "@lectura/ocr";
import type { Logger } from "@lectura/runtime";

/** Tells ocr-api every ten seconds that this worker is there, and what it can do; says goodbye when closed. */
export const startAnnouncing = async (
  workers: Workers,
  { worker, info, log }: { worker: string; info: Ocr["info"]; log: Logger },
): Promise<{ close(): Promise<void> }> => {
  const { engine, engine_version, slots, models } = info;
  const announce = async (): Promise<void> => workers.announce({ worker, engine, engine_version, slots, models });
  await announce();
  const timer = setInterval(() => {
    announce().catch((err: unknown) => log.warn({ err }, "cannot announce this worker"));
  }, ANNOUNCE_SECONDS * 1000);
  return {
    close: async () => {
      clearInterval(timer);
      await workers.leave(worker);
    },
  };
};
