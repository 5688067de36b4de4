import { z } from "zod";
import { AuthConfig } from "../services/auth/src/config.ts";
import { CourierConfig } from "../services/courier/src/config.ts";
import { GatewayConfig } from "../services/gateway/src/config.ts";
import { OcrApiConfig } from "../services/ocr-api/src/config.ts";
import { OcrWorkerConfig } from "../services/ocr-worker/src/config.ts";

const services: Record<string, z.ZodObject> = {
  gateway: GatewayConfig,
  auth: AuthConfig,
  "ocr-api": OcrApiConfig,
  "ocr-worker": OcrWorkerConfig,
  courier: CourierConfig,
};

// These defaults are what the machine makes of them, so they are told, not printed.
const MACHINE_DEFAULTS: Record<string, string> = {
  LECTURA_WORKER_SLOTS: "cores",
  LECTURA_WORKER_DIR: "in the system's temporary folder",
};

interface Variable {
  description: string;
  fallback: string;
  services: string[];
}

const fallbackOf = (name: string, schema: z.core.JSONSchema.BaseSchema, required: boolean): string => {
  const told = MACHINE_DEFAULTS[name];
  if (told) return told;
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default).replaceAll('"', "")}\``;
  return required ? "required" : "–";
};

const collect = (): Map<string, Variable> => {
  const variables = new Map<string, Variable>();
  for (const [service, schema] of Object.entries(services)) {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    for (const [name, property] of Object.entries(properties)) {
      if (typeof property === "boolean") continue;
      const fallback = fallbackOf(name, property, required.includes(name));
      const known = variables.get(name);
      if (!known) variables.set(name, { description: property.description ?? "", fallback, services: [service] });
      else {
        known.services.push(service);
        // PORT and its like have another default in each service.
        if (!known.fallback.includes(fallback)) known.fallback += `, ${fallback}`;
      }
    }
  }
  return variables;
};

/** Every environment variable of every service, as Markdown, from the schemas that parse them. */
export const environmentTable = (): string => {
  const rows = [...collect()].map(
    ([name, { description, fallback, services: users }]) =>
      `| \`${name}\` | ${description.replaceAll("|", "\\|")} | ${fallback} | ${users.length === Object.keys(services).length ? "all" : users.join(", ")} |`,
  );
  return `# Environment variables

Made from the services' own schemas by \`npx -y pnpm@12 generate\`; do not edit. \`npx -y pnpm@12 start\` sets what is
required by itself and passes on what you have set. Launcher: \`LECTURA_PORT\` (first port, default 8080),
\`LECTURA_HOME\` (state folder, default \`.lectura\`). Tracing: \`OTEL_EXPORTER_OTLP_ENDPOINT\` (where spans are sent;
nothing is exported without it) and the other \`OTEL_EXPORTER_OTLP_*\` variables. S3: \`AWS_ACCESS_KEY_ID\`,
\`AWS_SECRET_ACCESS_KEY\`.

| variable | meaning | default | services |
|---|---|---|---|
${rows.join("\n")}
`;
};
