import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { formatApiKey, parseApiKey } from "@lectura/contracts";
import { z } from "zod";
import { ExplainedError } from "../explained-error.ts";

const Secrets = z.object({
  keySecret: z.base64url(),
  apiKey: z.string().refine((key) => parseApiKey(key) !== undefined, "is not an API key"),
});
/** What auth encrypts its signing keys with, and the key of the first tenant. */
export type Secrets = z.infer<typeof Secrets>;

const make = (): Secrets => ({
  keySecret: randomBytes(32).toString("base64url"),
  apiKey: formatApiKey({ id: randomBytes(8).toString("hex"), secret: randomBytes(32).toString("base64url") }),
});

const read = async (file: string): Promise<Secrets> => {
  try {
    return Secrets.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new ExplainedError(
      `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}\n` +
        "Without it the data cannot be opened. Restore it, or begin anew with `npx -y pnpm@12 lectura reset`.",
      { cause },
    );
  }
};

/** The secrets of this home, made the first time, readable by their owner only. */
export const readOrMakeSecrets = async (file: string): Promise<Secrets> => {
  try {
    const made = make();
    await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    return made;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    return read(file);
  }
};
