/** What a benchmark works with. */
export interface BenchContext {
  /** Command-line arguments after the benchmark's name. */
  args: string[];
  /** Ends the benchmark: Ctrl-C, or its time is over. */
  signal: AbortSignal;
}

/** One benchmark. It prints its own results as markdown and leaves nothing behind. */
export interface Bench {
  usage: string;
  does: string;
  /** It is ended after this long. */
  minutes: number;
  run(context: BenchContext): Promise<void>;
}

/** Why a benchmark cannot run here, as one line for people; no stack is shown. */
export class CannotRunError extends Error {
  override readonly name = "CannotRunError";
}
