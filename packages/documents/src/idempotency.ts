import { DocumentId, type TenantId } from "@lectura/contracts";
import { z } from "zod";
import type { Keys } from "./keys.ts";
import type { RunScript } from "./scripts.ts";

/** Who says nothing for so long is dead: its key is free. Holders repeat their claim every `HOLD_AGAIN_MS`. */
const HOLD_MS = 10_000;
export const HOLD_AGAIN_MS = 3000;

/** So long a key stands for the document it made. */
export const KEY_LASTS_MS = 86_400_000;

/** An Idempotency-Key in the hands of one request. */
export interface Hold {
  tenant: TenantId;
  key: string;
  /** A name nobody else has. */
  holder: string;
}

/** A key was lost to another request while its holder stood still. */
export class HoldLostError extends Error {
  override readonly name = "HoldLostError";
}

const Claim = z.union([
  z.tuple([z.enum(["held", "busy"])]).transform(([state]) => ({ state })),
  z
    .tuple([z.literal("done"), DocumentId, z.string()])
    .transform(([state, document, fingerprint]) => ({ state, document, fingerprint })),
]);
export type Claim = z.infer<typeof Claim>;

/** Idempotency-Keys: each is free, held by the request that is being received, or done and stands for its document. */
export const createIdempotency = (run: RunScript, keys: Keys) => ({
  /** Holds a free key; says what it is when it cannot be had. Again by the same holder, it lasts longer. */
  claimKey: async ({ tenant, key, holder }: Hold): Promise<Claim> =>
    Claim.parse(await run("claim-key", [keys.idempotency(tenant, key)], [holder, HOLD_MS])),

  /** Frees a key that has come to nothing. */
  releaseKey: async ({ tenant, key, holder }: Hold): Promise<void> => {
    await run("release-key", [keys.idempotency(tenant, key)], [holder]);
  },
});
