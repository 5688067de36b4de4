export { createStorage } from "./create-storage.ts";
export type { Storage } from "./storage.ts";
