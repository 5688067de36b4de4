import type { TenantId } from "@lectura/contracts";
import type { DocumentRecord, Hold } from "@lectura/documents";
import { receiveFile } from "@lectura/intake";
import { type AcceptSource, parseSource } from "./accept-source.ts";
import type { Accept, ReadUpload } from "./accept.ts";
import type { Submission } from "./begin-document.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ShareKeeper } from "./shares.ts";

/** A submission whose body is still to be read, by one of the two. */
export interface Offer {
  /** Makes a document of it; the key that is held stands for the document then. */
  accept: (hold?: Hold) => Promise<DocumentRecord>;
  /** Reads it to tell only whether it is the same as an earlier one. */
  fingerprint: () => Promise<string>;
}

const discard = async (chunks: AsyncGenerator<Buffer>): Promise<void> => {
  for await (const _ of chunks);
};

/** The forms that a submission may have. */
export const createOffers = ({
  accept,
  acceptSource,
  shares,
  maxFileBytes,
}: {
  accept: Accept;
  acceptSource: AcceptSource;
  shares: ShareKeeper;
  maxFileBytes: number;
}) => ({
  /** Brings its file. */
  upload: (tenant: TenantId, submission: Submission, read: ReadUpload): Offer => ({
    accept: async (hold) =>
      shares.within(tenant, async (limits) => accept(tenant, { ...submission, limits }, read, hold)),
    fingerprint: async () => {
      const { input, options } = await read(async (file) => receiveFile({ store: discard, limit: maxFileBytes }, file));
      return fingerprintOf(input.sha256, options);
    },
  }),

  /** Names its file's URL. */
  source: (tenant: TenantId, submission: Submission, read: () => Promise<unknown>): Offer => ({
    accept: async (hold) =>
      shares.within(tenant, async (limits) =>
        acceptSource(tenant, { ...submission, limits }, parseSource(await read()), hold),
      ),
    fingerprint: async () => {
      const { url, options } = parseSource(await read());
      return fingerprintOf(url, options);
    },
  }),
});
export type Offers = ReturnType<typeof createOffers>;
