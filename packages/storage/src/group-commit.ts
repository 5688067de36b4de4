/**
 * Shares an expensive commit, such as the fsync of a folder, among all who ask for it while one is running, as databases
 * do with their log. The running one does not count for them: it may have begun before their change.
 */
export const groupCommit = (commit: (name: string) => Promise<void>) => {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();

  const start = (name: string): Promise<void> => {
    next.delete(name);
    const run = commit(name).finally(() => running.delete(name));
    running.set(name, run);
    return run;
  };

  return (name: string): Promise<void> => {
    const shared = next.get(name);
    if (shared) return shared;
    const current = running.get(name);
    if (!current) return start(name);
    const following = current.then(
      () => start(name),
      () => start(name),
    );
    next.set(name, following);
    return following;
  };
};
