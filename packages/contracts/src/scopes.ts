import { z } from "zod";

/** What a credential may do. `admin` implies nothing else. */
export const Scope = z.enum([
  "documents:write",
  "documents:read",
  "documents:delete",
  "webhooks:manage",
  "dead-letters:manage",
  "usage:read",
  "admin",
]);
export type Scope = z.infer<typeof Scope>;

/** The scopes in a token's space-separated `scope` claim; names this version does not know are left out. */
export const parseScopes = (claim: string): Scope[] =>
  claim.split(" ").flatMap((name) => {
    const scope = Scope.safeParse(name);
    return scope.success ? [scope.data] : [];
  });
