import type { Message, Request } from "../child/protocol.ts";
import type { Child } from "./child.ts";

/** Children that are kept warm between requests; one more is started where none rests. */
export const createChildren = ({ start, first }: { start: () => Promise<Child>; first: Child }) => {
  const idle: { child: Child; path: string | undefined }[] = [{ child: first, path: undefined }];
  const busy = new Set<Child>();
  let closed: Error | undefined;

  /** An idle child, preferably the one that has this file open, else the one that has rested longest. */
  const takeIdle = (path: string): Child | undefined => {
    const sameFile = idle.findIndex((entry) => entry.path === path);
    const [taken] = idle.splice(Math.max(0, sameFile), 1);
    if (!taken || taken.child.isUsable()) return taken?.child;
    return takeIdle(path);
  };

  return {
    /** Has a child of its own do what a request asks. */
    async ask(request: Request, options: { seconds: number; signal?: AbortSignal }): Promise<Message> {
      const child = takeIdle(request.path) ?? (await start());
      if (closed) {
        await child.end();
        throw closed;
      }
      let worn = true;
      busy.add(child);
      try {
        const answer = await child.ask(request, options);
        worn = "worn" in answer && answer.worn;
        return answer;
      } finally {
        busy.delete(child);
        if (worn || closed || !child.isUsable()) await child.end();
        else idle.push({ child, path: request.path });
      }
    },

    /** Ends all children now; whoever waits for one is given the reason. */
    async close(reason: Error): Promise<void> {
      closed = reason;
      const children = [...busy, ...idle.splice(0).map(({ child }) => child)];
      await Promise.all(children.map((child) => child.end(reason)));
    },
  };
};
