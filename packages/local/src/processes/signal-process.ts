const send = (target: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Gone already: what the signal was meant to reach.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
};

/** Asks a process to end; one that is gone already is no error. */
export const askToEnd = (pid: number): void => send(pid, "SIGTERM");

/** Kills a process group's leader and whatever it started; a group that is gone already is no error. */
export const killGroup = (leader: number): void => send(-leader, "SIGKILL");
