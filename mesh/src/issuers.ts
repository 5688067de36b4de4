import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OidcIssuer } from "@lectura/contracts";
import { parse } from "yaml";
import { z } from "zod";

/** auth itself, whose name is told to the services by a ConfigMap. */
const OwnIssuer = z.strictObject({
  issuer: z.strictObject({ configMap: z.string(), key: z.string() }),
  keys: z.strictObject({ service: z.string(), port: z.number().int(), path: z.string() }),
  audiences: z.array(z.string()).min(1),
});

const Issuers = z.strictObject({ own: z.array(OwnIssuer), oidc: z.array(OidcIssuer) });
/** `mesh/issuers.yaml`: whose tokens are taken. */
export type Issuers = z.infer<typeof Issuers>;

export const readIssuers = (): Issuers =>
  Issuers.parse(parse(readFileSync(join(import.meta.dirname, "../issuers.yaml"), "utf8")));
