import type { TenantId } from "@lectura/contracts";
import type { AuditLog } from "@lectura/http";
import type { Logger } from "@lectura/runtime";
import { currentTraceId } from "@lectura/telemetry";

/** Somebody whose call carries no token yet: whoever logs in, or tries to. */
interface Somebody {
  tenant: TenantId;
  actor: string;
}

/** Writes down what happens before there is a token that says who calls. */
export const createNote = ({ audit, log }: { audit: AuditLog; log: Logger }) => {
  const add = async ({ tenant, actor }: Somebody, action: string): Promise<void> =>
    audit.add(tenant, { actor, action, document_id: null, trace_id: currentTraceId() });
  return {
    /** What was done, before it is answered. */
    done: add,
    /** What was refused. Nobody waits for it: the time of an answer must not tell who exists. */
    refused: (somebody: Somebody, action: string): void => {
      add(somebody, `${action} refused`).catch((err: unknown) => log.warn({ err }, "cannot write the audit log"));
    },
  };
};
export type Note = ReturnType<typeof createNote>;
