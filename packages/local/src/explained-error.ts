/** An expected failure whose message is the whole story: what happened and what to do. It is shown without a stack. */
export class ExplainedError extends Error {
  override readonly name = "ExplainedError";
}
