export interface ProblemDefinition {
  status: number;
  title: string;
  /** What happened and what the caller can do about it; the text of `/problems/<code>`. */
  help: string;
  retryable?: true;
}

export const define = <Code extends string>(table: Record<Code, ProblemDefinition>): Record<Code, ProblemDefinition> =>
  table;
