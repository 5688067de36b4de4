import { ExplainedError } from "../explained-error.ts";
import { tryPort } from "../provide/free-port.ts";

const DEFAULT_PORT = 8080;
/** A service's metrics listen this far above the service itself. */
export const METRICS_OFFSET = 1000;
const HIGHEST_OFFSET = METRICS_OFFSET + 4;

/** The gateway's port, from which all others follow: `LECTURA_PORT`, or 8080. */
export const basePort = (env: NodeJS.ProcessEnv): number => {
  const text = env["LECTURA_PORT"];
  if (!text) return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port + HIGHEST_OFFSET <= 65_535) return port;
  throw new ExplainedError(
    `LECTURA_PORT is "${text}", but must be a whole number from 1 to ${65_535 - HIGHEST_OFFSET}. Correct or unset it.`,
  );
};

/** @throws ExplainedError naming the first port that another program holds */
export const requireFreePorts = async (services: readonly { name: string; port: number }[]): Promise<void> => {
  const needed = services.flatMap(({ name, port }) => [
    { use: name, port },
    { use: `${name}'s metrics`, port: port + METRICS_OFFSET },
  ]);
  const elsewhere = (services[0]?.port ?? DEFAULT_PORT) + 100;
  for (const { use, port } of needed) {
    if ((await tryPort(port)) !== undefined) continue;
    throw new ExplainedError(
      `Port ${port} (for ${use}) is taken by another program, or not allowed to this user. ` +
        `End that program, or move all ports: LECTURA_PORT=${elsewhere} npx -y pnpm@12 start`,
    );
  }
};
