import { type DocumentRecord, storageKeys, unsealPassword } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

type Owner = Pick<DocumentRecord, "tenant" | "id" | "sealed_password">;

/** The password that came with a document, as an option for the OCR core; nothing where none did. */
export const passwordOf = async (
  storage: Pick<Storage, "read">,
  { tenant, id, sealed_password }: Owner,
): Promise<{ password?: string }> => {
  if (sealed_password === null) return {};
  const key = await storage.read(storageKeys(tenant, id).passwordKey);
  if (!key) throw new Error(`the key to the password of ${id} is gone before its record`);
  return { password: unsealPassword(sealed_password, key) };
};

/** Removes the key when the work is over; the record has lost what it opens by then. */
export const forgetPassword = async (
  storage: Pick<Storage, "delete">,
  { tenant, id, sealed_password }: Owner,
): Promise<void> => {
  if (sealed_password !== null) await storage.delete(storageKeys(tenant, id).passwordKey);
};
