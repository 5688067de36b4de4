import type { Block } from "@lectura/contracts";
import type { Engine, GreyImage } from "../engines/engine.ts";
import { type Preparation, prepare, type Prepared } from "../prepare/prepare.ts";
import { summarise } from "./summarise.ts";
import type { Timed } from "./timings.ts";
import { toPage } from "./to-page.ts";

/** A page as one engine has read it in one preparation. */
export interface Reading {
  engine: Engine["name"];
  /** Why it was read this way. */
  why: string;
  preparation: Preparation;
  prepared: Omit<Prepared, "image">;
  blocks: Block[];
  text: string;
  confidence: number | null;
  /** Of this process: preparing, loading models and recognising. */
  cpuSeconds: number;
}

const MICROSECONDS = 1e6;

/** CPU time that this process has used, in seconds. */
export const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
};

/** A way to read a page, and why it is taken. */
export interface Way {
  engine: Engine;
  preparation: Preparation;
  why: string;
  /** Blocks, in pixels of the page, that an engine without an order of its own follows. */
  layout?: readonly Block[];
}

/** Prepares a page and has an engine read it. */
export const readPage = async (
  decoded: GreyImage,
  { engine, preparation, why, layout }: Way,
  { languages, timed }: { languages: string[]; timed: Timed },
): Promise<Reading> => {
  const before = cpuSeconds();
  const { image, ...prepared } = await timed("prepare", () => prepare(decoded, preparation));
  await timed("load_models", () => engine.load(languages));
  const blocks = await timed("recognize", () => engine.recognize(image, languages, layout));
  const summary = summarise(toPage(blocks, prepared));
  return { engine: engine.name, why, preparation, prepared, ...summary, cpuSeconds: cpuSeconds() - before };
};
