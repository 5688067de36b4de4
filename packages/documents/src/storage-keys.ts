import type { DocumentId, ResultFormat, TenantId } from "@lectura/contracts";

/** Where a document's bytes are: everything that belongs to it lies under one prefix. */
export const storageKeys = (tenant: TenantId, id: DocumentId) => {
  const prefix = `${tenant}/${id}`;
  return {
    prefix,
    input: `${prefix}/input`,
    passwordKey: `${prefix}/password-key`,
    page: (number: number) => `${prefix}/pages/${number}.json`,
    /** A page as it was recognised, as PNG. */
    image: (number: number) => `${prefix}/pages/${number}.png`,
    result: (format: ResultFormat) => `${prefix}/result.${format}`,
    /** Where the result comes from, for formats that are made later. */
    provenance: `${prefix}/provenance.json`,
    /** Why what belongs under a key cannot be made. */
    failure: (key: string) => `${key}.failure.json`,
  };
};
