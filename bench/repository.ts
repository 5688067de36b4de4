import { fileURLToPath } from "node:url";

/** The checkout that is measured. */
export const repository = fileURLToPath(new URL("../", import.meta.url));
