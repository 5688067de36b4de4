const MISSING = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

/** Whether a call failed because there is no file under that path: no entry, a file on the way to it, or a folder. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && MISSING.has(error.code);

/** Turns "there is no such file" into undefined. */
export const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};
