import { setTimeout as pause } from "node:timers/promises";
import { Document } from "@lectura/contracts";
import type { Answer } from "./client.ts";
import type { Journal, Life } from "./journal.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

const SLOW_PARTS = 5;

interface Manner {
  kind: "at once" | "slowly" | "breaking off";
  priority: string;
  anew: boolean;
}

async function* inParts(bytes: Uint8Array<ArrayBuffer>, manner: Manner): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const size = Math.ceil(bytes.length / SLOW_PARTS);
  for (let part = 0; part < SLOW_PARTS; part += 1) {
    if (part > 0) await pause(200);
    if (part === 3 && manner.kind === "breaking off") throw new Error("the client has had enough");
    yield bytes.subarray(part * size, (part + 1) * size);
  }
}

const requestOf = ({ reference, kind, source, key, callback }: Life, manner: Manner, receiver: string) => {
  const options = {
    ...kind.options,
    reference,
    priority: manner.priority,
    ...(callback && { callback_url: `${receiver}/${reference}` }),
  };
  const headers = {
    ...(key !== null && { "idempotency-key": key }),
    ...(manner.anew && { "cache-control": "no-cache" }),
  };
  if (source !== null) {
    return {
      path: "/v1/documents",
      makeInit: (): RequestInit => ({
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ source: { url: source }, ...options }),
      }),
    };
  }
  const body = (): Pick<RequestInit, "body" | "duplex"> =>
    manner.kind === "at once"
      ? { body: kind.bytes }
      : { body: ReadableStream.from(inParts(kind.bytes, manner)), duplex: "half" };
  return {
    path: `/v1/documents?${new URLSearchParams(options)}`,
    makeInit: (): RequestInit => ({ method: "POST", headers, ...body() }),
  };
};

const idIn = ({ headers, text }: Answer): string | undefined =>
  headers.get("location")?.split("/").at(-1) ?? (text ? Document.parse(JSON.parse(text)).id : undefined);

const inProgress = ({ status }: Answer): boolean => status === 409;

/**
 * Hands a document in: with a key again and again until it is acknowledged, at times by two at once; without one a single
 * time, since a second call might make a second document. The id, or undefined when the client cannot know.
 */
export const submit = async (
  life: Life,
  { stage, journal }: { stage: Stage; journal: Journal },
  random: Random,
): Promise<string | undefined> => {
  const { client } = life.tenant;
  const manner: Manner = {
    kind: random.pick(["at once", "at once", "at once", "slowly", life.key === null ? "breaking off" : "slowly"]),
    priority: random.pick(["interactive", "interactive", "batch"]),
    anew: random.chance(0.6),
  };
  const twice = life.key !== null && random.chance(0.3);
  const { path, makeInit } = requestOf(life, manner, stage.receiver.url);
  const answers =
    life.key === null
      ? [await client.attempt(path, makeInit())]
      : await Promise.all(
          Array.from({ length: twice ? 2 : 1 }, async () => client.persist(path, makeInit, inProgress)),
        );
  const ids = answers.map((answer) => {
    if (!answer) return undefined;
    if (answer.status === 202) return idIn(answer);
    journal.complain(`${life.reference} was answered ${answer.status}: ${answer.text}`);
    return undefined;
  });
  if (new Set(ids).size > 1) journal.complain(`one key of ${life.reference} made ${ids.join(" and ")}`);
  return ids[0];
};
