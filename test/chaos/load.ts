import { setTimeout as pause } from "node:timers/promises";
import { Document } from "@lectura/contracts";
import type { Answer } from "./client.ts";
import { follow } from "./follow.ts";
import type { Journal, Life } from "./journal.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { submit } from "./submit.ts";

/** So many documents are on their way at once. */
const CLIENTS = 8;
/** What becomes of them, some more often than others. */
const FATES = ["wait", "wait", "wait", "follow", "follow", "peek", "cancel", "remove"];

interface Load {
  stage: Stage;
  journal: Journal;
  /** Nothing more is handed in. */
  enough: AbortSignal;
  /** Everybody goes home, whatever has come of it. */
  over: AbortSignal;
}

const begin = ({ stage, journal }: Load, random: Random): Life => {
  const kind = random.pick(stage.kinds);
  const reference = `chaos-${journal.lives.length + 1}`;
  const life: Life = {
    reference,
    tenant: random.pick(stage.tenants),
    kind,
    source: random.chance(0.2) ? `${stage.files.url}/${kind.name}/${reference}` : null,
    key: random.chance(0.6) ? reference : null,
    callback: random.chance(0.7),
    fate: random.pick(FATES),
  };
  journal.lives.push(life);
  return life;
};

const isFinal = (answer: Answer): boolean =>
  answer.status !== 200 || Document.parse(JSON.parse(answer.text)).finished_at !== null;

/** What clients do with a document that they have handed in. */
const fates: Record<string, (life: Life & { id: string }, load: Load, random: Random) => Promise<void>> = {
  wait: async ({ id, tenant }) => {
    await tenant.client.persist(
      `/v1/documents/${id}?wait=20`,
      () => ({}),
      (answer) => !isFinal(answer),
    );
  },
  follow: async (life, { over }) => {
    life.followed = await follow(life.tenant.client, life.id, over);
  },
  peek: async ({ id, tenant, kind }, { journal }, random) => {
    await pause(random.between(0, 2000));
    for (const page of [1, kind.pages]) {
      const { status } = await tenant.client.persist(`/v1/documents/${id}/pages/${page}`);
      if (![200, 404, 409].includes(status)) journal.complain(`page ${page} of ${id} was answered ${status}`);
    }
  },
  cancel: async (life, { journal }, random) => {
    await pause(random.between(0, 3000));
    const { status } = await life.tenant.client.persist(`/v1/documents/${life.id}/cancel`, () => ({ method: "POST" }));
    if (status === 202) life.end = "cancelled";
    else if (status !== 409) journal.complain(`cancelling ${life.id} was answered ${status}`);
    journal.count("cancelled");
  },
  remove: async (life, { journal }, random) => {
    await pause(random.between(0, 5000));
    const { status } = await life.tenant.client.persist(`/v1/documents/${life.id}`, () => ({ method: "DELETE" }));
    // Where the first answer was lost the second one says that it is gone.
    if (status !== 204 && status !== 404) journal.complain(`deleting ${life.id} was answered ${status}`);
    life.end = "deleted";
    journal.count("deleted");
  },
};
const liveOne = async (load: Load, random: Random): Promise<void> => {
  const { journal } = load;
  const life = begin(load, random);
  const id = await submit(life, load, random);
  if (id === undefined) return journal.count("without an answer");
  journal.count("acknowledged");
  await fates[life.fate]?.(Object.assign(life, { id }), load, random);
};

/** Clients of all tenants hand documents in, one after the other each, and do with them what clients do. */
export const startLoad = async (load: Load, random: Random): Promise<void> => {
  const client = async (_: unknown, number: number): Promise<void> => {
    const own = random.branch(`client ${number}`);
    while (!load.enough.aborted) {
      try {
        await liveOne(load, own);
      } catch (error) {
        if (!load.over.aborted) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
};
