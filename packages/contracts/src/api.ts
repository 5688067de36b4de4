import { deadLetterRoutes } from "./dead-letter-routes.ts";
import { documentRoutes } from "./document-routes.ts";
import { identityRoutes } from "./identity-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { webhookRoutes } from "./webhook-routes.ts";

/** Every call of the public API: the gateway proxies exactly these, the owners serve them, OpenAPI lists them. */
export const api = { ...documentRoutes, ...deadLetterRoutes, ...webhookRoutes, ...identityRoutes, ...userRoutes };
