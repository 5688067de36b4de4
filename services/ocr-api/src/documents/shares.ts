import { isFinal, type Limits, ProblemError, type TenantId } from "@lectura/contracts";
import {
  type DocumentStore,
  isTombstone,
  TooManyBytesError,
  TooManyInFlightError,
  type Workers,
} from "@lectura/documents";
import type { LimitsOf } from "./limits.ts";
import type { RoomKeeper } from "./room.ts";

const HOUR_MS = 3_600_000;
/** Before anything has been measured. */
const UNKNOWN_SECONDS = 5;

const secondsUntil = (time: number): string => String(Math.max(1, Math.ceil((time - Date.now()) / 1000)));

const tooManyPages = ({ hourly_pages }: Limits): ProblemError => {
  const now = Date.now();
  const detail = `${hourly_pages} of your pages were read in this hour, which is the limit.`;
  const nextHour = now + HOUR_MS - (now % HOUR_MS);
  return new ProblemError("quota-exceeded", detail, { headers: { "retry-after": secondsUntil(nextHour) } });
};

/** Refuses a tenant that has its share already, and says when there will be room again. */
export const createShareKeeper = ({
  documents,
  workers,
  limitsOf,
  requireRoom,
}: {
  documents: DocumentStore;
  workers: Workers;
  limitsOf: LimitsOf;
  requireRoom: RoomKeeper["requireRoom"];
}) => {
  /** Until the document is done that came first: then there is room for another. */
  const secondsUntilDone = async (tenant: TenantId): Promise<number> => {
    const oldest = await documents.oldestInFlight(tenant);
    const record = oldest && (await documents.read(oldest));
    if (!record || isTombstone(record) || isFinal(record.status)) return 1;
    return Math.max(1, (await workers.estimate(record)).eta_seconds ?? UNKNOWN_SECONDS);
  };

  const tooManyInFlight = async (tenant: TenantId, limits: Limits): Promise<ProblemError> => {
    const seconds = await secondsUntilDone(tenant);
    const detail = `${limits.in_flight_documents} of your documents are not finished, which is the limit.`;
    return new ProblemError("too-many-in-flight", detail, { headers: { "retry-after": String(seconds) } });
  };

  const tooManyBytes = async (tenant: TenantId, { kept_bytes }: Limits): Promise<ProblemError> => {
    const expiry = (await documents.nextExpiryOf(tenant)) ?? Date.now();
    const detail = `Your documents may be ${kept_bytes} bytes together. Delete some, or wait until some expire.`;
    return new ProblemError("quota-exceeded", detail, { headers: { "retry-after": secondsUntil(expiry) } });
  };

  const requireShare = async (tenant: TenantId, limits: Limits): Promise<void> => {
    const { in_flight_documents: most, hourly_pages: hourly, kept_bytes: mostBytes } = limits;
    const [inFlight, pages, bytes] = await Promise.all([
      most > 0 ? documents.inFlight(tenant) : 0,
      hourly > 0 ? documents.pagesThisHour(tenant) : 0,
      mostBytes > 0 ? documents.keptBytes(tenant) : 0,
    ]);
    if (most > 0 && inFlight >= most) throw await tooManyInFlight(tenant, limits);
    if (hourly > 0 && pages >= hourly) throw tooManyPages(limits);
    if (mostBytes > 0 && bytes >= mostBytes) throw await tooManyBytes(tenant, limits);
  };

  return {
    /**
     * Makes a document where there is room for it, also should others take the room meanwhile.
     * @throws ProblemError 429 for the tenant, 503 for the platform
     */
    within: async <T>(tenant: TenantId, make: (limits: Limits) => Promise<T>): Promise<T> => {
      const [limits] = await Promise.all([limitsOf(tenant), requireRoom()]);
      await requireShare(tenant, limits);
      try {
        return await make(limits);
      } catch (error) {
        if (error instanceof TooManyInFlightError) throw await tooManyInFlight(tenant, limits);
        throw error instanceof TooManyBytesError ? await tooManyBytes(tenant, limits) : error;
      }
    },
  };
};
export type ShareKeeper = ReturnType<typeof createShareKeeper>;
