import { fileURLToPath } from "node:url";
import { createFileStorage } from "./file-storage.ts";
import { checkKey } from "./key.ts";
import { createS3Storage } from "./s3-storage.ts";
import { parseS3Url } from "./s3-url.ts";
import type { Storage } from "./storage.ts";

/** No driver sees a key that could lead out of its place. */
const withCheckedKeys = (driver: Storage): Storage => ({
  ...driver,
  put: async (key, body, options) => driver.put(checkKey(key), body, options),
  get: async (key, options) => driver.get(checkKey(key), options),
  read: async (key, options) => driver.read(checkKey(key), options),
  head: async (key) => driver.head(checkKey(key)),
  copy: async (from, to) => driver.copy(checkKey(from), checkKey(to)),
  delete: async (key) => driver.delete(checkKey(key)),
  deletePrefix: async (prefix) => driver.deletePrefix(checkKey(prefix)),
  list: (prefix) => driver.list(checkKey(prefix)),
});

const driverFor = (url: string): Storage => {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "s3:") return createS3Storage(parseS3Url(parsed));
  // Two slashes or none would be read as a host or as an absolute path that nobody meant.
  if (parsed && url.startsWith("file:///") && parsed.pathname.length > 1 && !parsed.search && !parsed.hash)
    return createFileStorage(fileURLToPath(parsed).replace(/\/$/, ""));
  throw new Error(
    "The storage URL must be file:///absolute/folder, or s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=true",
  );
};

/** Opens the storage at `file:///absolute/folder` or `s3://bucket/prefix?endpoint=…&region=…&forcePathStyle=true` (credentials: AWS_*). */
export const createStorage = (url: string): Storage => withCheckedKeys(driverFor(url));
