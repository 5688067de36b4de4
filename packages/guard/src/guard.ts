import { lookup } from "node:dns/promises";
import type { Readable } from "node:stream";
import { ProblemError } from "@lectura/contracts";
import { Agent, request } from "undici";
import { type CheckUrl, createCheckUrl } from "./check-url.ts";
import type { Networks } from "./networks.ts";
import { createPinnedLookup, type Resolve } from "./pinned-lookup.ts";

export interface GuardedAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** To be read to its end or destroyed. */
  body: Readable;
}

export interface GuardedRequest {
  method: "GET" | "POST";
  headers?: Record<string, string>;
  body?: Uint8Array;
  signal: AbortSignal;
  /** So often the answer may send us elsewhere; only a GET is sent on. */
  redirects: number;
}

const CONNECT_MS = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const resolveAll: Resolve = async (hostname) => lookup(hostname, { all: true });

/** Where an answer sends us; undefined when it is an answer. */
const targetOf = ({ status, headers }: GuardedAnswer, from: URL): string | undefined => {
  const { location } = headers;
  if (!REDIRECTS.has(status) || typeof location !== "string") return undefined;
  return URL.parse(location, from.href)?.href ?? location;
};

/** The guard of everything that leaves the platform: no other code may open a connection to a caller's URL. */
export interface Guard {
  /** What the URL itself tells. @throws ProblemError `forbidden-url` */
  checkUrl: CheckUrl;
  /**
   * Calls a URL: checked, its name resolved once, the connection made to the checked address, and the same again for
   * each redirect. @throws ProblemError `forbidden-url`, and whatever the network does
   */
  request(url: string, options: GuardedRequest): Promise<GuardedAnswer>;
  close(): Promise<void>;
}

/** `allowed` are networks that may be called although they are not public. */
export const createGuard = ({ allowed, resolve = resolveAll }: { allowed: Networks; resolve?: Resolve }): Guard => {
  const checkUrl = createCheckUrl({ allowed });
  const agent = new Agent({
    connect: { lookup: createPinnedLookup({ resolve, allowed }), timeout: CONNECT_MS },
    // A connection serves one call: the next one asks for the name anew.
    pipelining: 0,
    // What is tested here, and what webhooks and files need, is HTTP/1.1.
    allowH2: false,
  });

  const call = async (url: URL, { method, headers = {}, body, signal }: GuardedRequest): Promise<GuardedAnswer> => {
    const answer = await request(url.href, { dispatcher: agent, method, headers, body: body ?? null, signal });
    // A body that is destroyed before its end calls that an error, which is nobody's surprise; readers still get theirs.
    answer.body.on("error", () => {});
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  };

  return {
    checkUrl,
    request: async (text, options) => {
      let url = checkUrl(text);
      for (let left = options.redirects; ; left -= 1) {
        const answer = await call(url, options);
        const target = options.method === "GET" ? targetOf(answer, url) : undefined;
        if (target === undefined) return answer;
        answer.body.destroy();
        if (left === 0) throw new ProblemError("fetch-failed", `More than ${options.redirects} redirects.`);
        url = checkUrl(target);
      }
    },
    close: async () => agent.close(),
  };
};
