import type { Limits, TenantId } from "@lectura/contracts";
import type { DocumentStore } from "@lectura/documents";

/** The limits in force for a tenant: the platform's, but where its operator has given it others. */
export const createLimitsOf =
  ({ documents, limits }: { documents: Pick<DocumentStore, "ownLimits">; limits: Limits }) =>
  async (tenant: TenantId): Promise<Limits> =>
    Object.assign({ ...limits }, await documents.ownLimits(tenant));
export type LimitsOf = ReturnType<typeof createLimitsOf>;
