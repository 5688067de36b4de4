import { styleText } from "node:util";
import { z } from "zod";
import type { OutputLine } from "../processes/child.ts";

/** A service's JSON line; everything else in it is a field to show. */
const Entry = z.looseObject({ level: z.string(), time: z.iso.datetime(), message: z.string().default("") });
const ErrorField = z.object({ message: z.string() });

/** Known from the line itself, or of use to machines only. */
const HIDDEN = new Set(["level", "time", "message", "service", "span_id"]);
const SERIOUS = new Set(["warn", "error", "fatal"]);

export interface RenderedLine {
  text: string;
  serious: boolean;
}

type Style = Parameters<typeof styleText>[0];
const COLOURS: Record<string, Style> = {
  gateway: "cyan",
  auth: "magenta",
  "ocr-api": "green",
  "ocr-worker": "blue",
  courier: "yellow",
  lectura: "bold",
};
const LEVEL_COLOURS: Record<string, Style> = { warn: "yellow", error: "red", fatal: "red" };
const NAME_WIDTH = 10;

const parse = (text: string): z.infer<typeof Entry> | undefined => {
  if (!text.startsWith("{")) return undefined;
  try {
    return Entry.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const showValue = (value: unknown): string => {
  const error = ErrorField.safeParse(value);
  const shown = error.success ? error.data.message : value;
  return typeof shown === "string" && /^[^\s"=]+$/.test(shown) ? shown : JSON.stringify(shown);
};

const clock = (time: Date): string => time.toTimeString().slice(0, 8);

const paint = (style: Style | undefined, text: string, colours: boolean): string =>
  colours && style ? styleText(style, text, { validateStream: false }) : text;

/** One line for people: `HH:MM:SS service message key=value…`; a line that is no log entry is shown as it is. */
export const renderLine = ({ source, stream, text }: OutputLine, colours: boolean): RenderedLine => {
  const entry = parse(text);
  const level = entry?.level ?? (stream === "stderr" ? "warn" : "info");
  const time = clock(entry ? new Date(entry.time) : new Date());
  const fields = Object.entries(entry ?? {})
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => ` ${key}=${showValue(value)}`)
    .join("");
  const serious = SERIOUS.has(level);
  const words = entry ? `${serious ? `${level}: ` : ""}${entry.message}` : text;
  const name = paint(COLOURS[source], source.padEnd(NAME_WIDTH), colours);
  const message = paint(LEVEL_COLOURS[level], words, colours);
  return { text: `${paint("dim", time, colours)} ${name} ${message}${paint("dim", fields, colours)}`, serious };
};
