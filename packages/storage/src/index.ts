export { createStorage } from "./create-storage.ts";
export type { ByteRange, Storage } from "./storage.ts";
