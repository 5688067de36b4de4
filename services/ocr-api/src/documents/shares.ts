import { isFinal, type Limits, ProblemError, type TenantId } from "@lectura/contracts";
import { type DocumentStore, isTombstone, TooManyInFlightError, type Workers } from "@lectura/documents";

const HOUR_MS = 3_600_000;
/** Before anything has been measured. */
const UNKNOWN_SECONDS = 5;

/** Refuses a tenant that has its share already, and says when there will be room again. */
export const createShareKeeper = ({
  documents,
  workers,
  limits,
}: {
  documents: DocumentStore;
  workers: Workers;
  limits: Pick<Limits, "in_flight_documents" | "hourly_pages">;
}) => {
  /** Until the document is done that came first: then there is room for another. */
  const secondsUntilRoom = async (tenant: TenantId): Promise<number> => {
    const oldest = await documents.oldestInFlight(tenant);
    const record = oldest && (await documents.read(oldest));
    if (!record || isTombstone(record) || isFinal(record.status)) return 1;
    return Math.max(1, (await workers.estimate(record)).eta_seconds ?? UNKNOWN_SECONDS);
  };

  const tooManyInFlight = async (tenant: TenantId): Promise<ProblemError> => {
    const seconds = await secondsUntilRoom(tenant);
    const detail = `${limits.in_flight_documents} of your documents are not finished, which is the limit.`;
    return new ProblemError("too-many-in-flight", detail, { headers: { "retry-after": String(seconds) } });
  };

  const requireRoom = async (tenant: TenantId): Promise<void> => {
    const { in_flight_documents: most, hourly_pages: hourly } = limits;
    const [inFlight, pages] = await Promise.all([
      most > 0 ? documents.inFlight(tenant) : 0,
      hourly > 0 ? documents.pagesThisHour(tenant) : 0,
    ]);
    if (most > 0 && inFlight >= most) throw await tooManyInFlight(tenant);
    if (hourly === 0 || pages < hourly) return;
    const seconds = Math.ceil((HOUR_MS - (Date.now() % HOUR_MS)) / 1000);
    const detail = `${hourly} of your pages were read in this hour, which is the limit.`;
    throw new ProblemError("quota-exceeded", detail, { headers: { "retry-after": String(seconds) } });
  };

  return {
    /** Most documents in flight, 0 when it does not matter. */
    most: limits.in_flight_documents,
    /** Makes a document where there is room for it, also should others take the room meanwhile. @throws ProblemError 429 */
    within: async <T>(tenant: TenantId, make: () => Promise<T>): Promise<T> => {
      await requireRoom(tenant);
      try {
        return await make();
      } catch (error) {
        throw error instanceof TooManyInFlightError ? await tooManyInFlight(tenant) : error;
      }
    },
  };
};
export type ShareKeeper = ReturnType<typeof createShareKeeper>;
