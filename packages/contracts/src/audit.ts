import { z } from "zod";
import type { Route } from "./route.ts";

/** Who did what, and to which document; never what was in it. */
export const AuditEntry = z
  .object({
    at: z.string(),
    actor: z
      .string()
      .describe("subject of the token: key_…, usr_…, or an OpenID provider and its subject; or operator"),
    action: z
      .string()
      .describe(
        "the call's operationId in openapi.json, with ` refused` for wrong credentials; or the operator's command",
      ),
    document_id: z.string().nullable(),
    trace_id: z.string(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

export const AuditList = z
  .object({ items: z.array(AuditEntry), next_cursor: z.string().nullable() })
  .meta({ id: "AuditList" });
export type AuditList = z.infer<typeof AuditList>;

/** Whatever changes something, and whatever shows a document's content. */
export const isAudited = ({ access, method, path }: Route): boolean =>
  access !== "public" && (method !== "GET" || path.startsWith("/v1/documents/:id/"));
