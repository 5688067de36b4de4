import type { TenantId } from "@lectura/contracts";
import type { AuditLog } from "@lectura/http";
import { currentTraceId } from "@lectura/telemetry";
import type { Tenants } from "../accounts/tenants.ts";
import type { OperatorCommand } from "./commands.ts";

/** Whom a command was about: the tenant that it names or has made, else everybody. */
const concerned = async (
  tenants: Tenants,
  { needs }: OperatorCommand,
  args: string[],
  result: Record<string, string> | object[],
): Promise<TenantId[]> => {
  const named = needs[0] === "TENANT" ? args[0] : "LECTURA_TENANT" in result && result["LECTURA_TENANT"];
  return typeof named === "string" ? [named] : (await tenants.list()).map(({ tenant }) => tenant);
};

const isLook = (name: string): boolean => name.endsWith(" list");

/** The same commands, each written down in the audit log of those it was about once it has changed something. */
export const noted = (
  commands: Record<string, OperatorCommand>,
  { audit, tenants }: { audit: AuditLog; tenants: Tenants },
): Record<string, OperatorCommand> => {
  const note = (name: string, command: OperatorCommand): OperatorCommand => ({
    ...command,
    run: async (...args) => {
      const result = await command.run(...args);
      const entry = { actor: "operator", action: name, document_id: null, trace_id: currentTraceId() };
      for (const tenant of await concerned(tenants, command, args, result)) await audit.add(tenant, entry);
      return result;
    },
  });
  return Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, isLook(name) ? command : note(name, command)]),
  );
};
