import type { DocumentId, ResultFormat, TenantId } from "@lectura/contracts";

/** Where a document's bytes are: everything that belongs to it lies under one prefix. */
export const storageKeys = (tenant: TenantId, id: DocumentId) => {
  const prefix = `${tenant}/${id}`;
  return {
    prefix,
    input: `${prefix}/input`,
    passwordKey: `${prefix}/password-key`,
    page: (number: number) => `${prefix}/pages/${number}.json`,
    result: (format: ResultFormat) => `${prefix}/result.${format}`,
  };
};
