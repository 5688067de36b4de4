import type { DocumentId, ExtraFormat, ResultFormat, TenantId } from "@lectura/contracts";

/** Where a document's bytes are: everything that belongs to it lies under one prefix. */
export const storageKeys = (tenant: TenantId, id: DocumentId) => {
  const prefix = `${tenant}/${id}`;
  return {
    prefix,
    input: `${prefix}/input`,
    passwordKey: `${prefix}/password-key`,
    page: (number: number) => `${prefix}/pages/${number}.json`,
    result: (format: Exclude<ResultFormat, ExtraFormat>) => `${prefix}/result.${format}`,
    /** A format made of what an attempt has read: the next one may read something else. */
    made: (format: ExtraFormat, attempt: number) => `${prefix}/made/${attempt}/result.${format}`,
    /** A page as an attempt has recognised it, as PNG: the next one may turn it otherwise. */
    image: (number: number, attempt: number) => `${prefix}/made/${attempt}/page-${number}.png`,
    /** Where the result comes from, for formats that are made later. */
    provenance: `${prefix}/provenance.json`,
    /** Why what belongs under a key cannot be made. */
    failure: (key: string) => `${key}.failure.json`,
  };
};
