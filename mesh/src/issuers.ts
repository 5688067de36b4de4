import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const Issuers = z.array(
  z.strictObject({
    issuer: z.strictObject({ configMap: z.string(), key: z.string() }),
    keys: z.strictObject({ service: z.string(), port: z.number().int(), path: z.string() }),
    audiences: z.array(z.string()).min(1),
  }),
);
/** `mesh/issuers.yaml`: whose tokens are taken. */
export type Issuers = z.infer<typeof Issuers>;

export const readIssuers = (): Issuers =>
  Issuers.parse(parse(readFileSync(join(import.meta.dirname, "../issuers.yaml"), "utf8")));
