import { Failure, ProblemError } from "@lectura/contracts";
import { type Changes, type DocumentRecord, storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** So long a call waits for what a worker makes. */
const WAIT_MS = 10_000;
/** Seconds after which it is worth asking again. */
const RETRY_AFTER = 2;

type State = "there" | Failure | undefined;

/** Waits for what a worker makes when somebody asks for it. */
export const createMadeLater = ({
  storage,
  changes,
  closing,
}: {
  storage: Storage;
  changes: Changes;
  closing: AbortSignal;
}) => {
  const look = async ({ tenant, id }: DocumentRecord, key: string): Promise<State> => {
    if (await storage.head(key)) return "there";
    const failure = await storage.read(storageKeys(tenant, id).failure(key));
    return failure && Failure.parse(JSON.parse(failure.toString("utf8")));
  };

  /** Resolves when the key is filled; `order` has it made. @throws ProblemError 409 when it is not yet, or cannot be */
  return async (record: DocumentRecord, key: string, order: () => Promise<void>): Promise<void> => {
    let state = await look(record, key);
    if (state === undefined) {
      await order();
      const signal = AbortSignal.any([closing, AbortSignal.timeout(WAIT_MS)]);
      state = await changes.waitUntil(record.id, async () => look(record, key), Boolean, signal);
    }
    if (state === "there") return;
    if (state) throw new ProblemError("no-result", `${state.code}: ${state.detail}`);
    throw new ProblemError("document-not-finished", "This is being made right now.", {
      headers: { "retry-after": String(RETRY_AFTER) },
    });
  };
};
export type MadeLater = ReturnType<typeof createMadeLater>;
