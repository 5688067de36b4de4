/** Something a service cannot work without; `check` rejects while it is not there. */
export interface Dependency {
  name: string;
  check(): Promise<unknown>;
}

const PATIENCE_MS = 2000;

const within = async (work: Promise<unknown>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** Asks every dependency at once and names those that do not answer within two seconds. */
export const checkReadiness = async (
  dependencies: Dependency[],
): Promise<{ status: "ok" | "unavailable"; unavailable: string[] }> => {
  const answers = await Promise.allSettled(dependencies.map(async ({ check }) => within(check())));
  const unavailable = dependencies.flatMap(({ name }, index) => (answers[index]?.status === "rejected" ? [name] : []));
  return { status: unavailable.length === 0 ? "ok" : "unavailable", unavailable };
};
