/** The tracing that `--import` started; does nothing in a process that runs without it, as tests do. */
export const processTracing: { close(): Promise<void> } = { close: () => Promise.resolve() };

/** Sends the spans that are still held back; the last thing a service does. */
export const flushTracing = (): Promise<void> => processTracing.close();
