import { sealPassword, type storageKeys } from "@lectura/documents";
import type { Storage } from "@lectura/storage";

/** Puts the key to a password into storage and returns what the record keeps of it; null where there is no password. */
export const keepPassword = async (
  storage: Pick<Storage, "put">,
  { passwordKey }: Pick<ReturnType<typeof storageKeys>, "passwordKey">,
  password: string | null,
): Promise<string | null> => {
  if (password === null) return null;
  const { sealed, key } = sealPassword(password);
  await storage.put(passwordKey, key);
  return sealed;
};
