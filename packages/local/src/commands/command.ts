/** What a command may use of the world around it. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** The folder that the user is in; file names count from here. */
  folder: string;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** A command of `lectura`; gives its exit code. */
export interface Command {
  usage: string;
  does: string;
  run(args: readonly string[], around: Surroundings): Promise<number>;
}
