import type { Failure } from "@lectura/contracts";

/** A failure as the scripts take it: "" is none. */
export const asJson = (failure: Failure | null | undefined): string => (failure ? JSON.stringify(failure) : "");
