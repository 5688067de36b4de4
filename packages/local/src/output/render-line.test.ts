import { describe, expect, test } from "vitest";
import { renderLine } from "./render-line.ts";

const entry = (fields: object, colours = false) =>
  renderLine(
    {
      source: "ocr-api",
      stream: "stdout",
      text: JSON.stringify({ level: "info", time: "2026-11-22T10:11:12.345Z", service: "ocr-api", ...fields }),
    },
    colours,
  );
const clock = new Date("2026-11-22T10:11:12.345Z").toTimeString().slice(0, 8);

describe("a service's entry", () => {
  test("shows time, service, message and its fields, but not what only machines read", () => {
    const { text } = entry({ message: "accepted", document_id: "doc_1", bytes: 12, span_id: "ab", note: "two words" });
    expect(text).toBe(`${clock} ocr-api    accepted document_id=doc_1 bytes=12 note="two words"`);
  });

  test("shows an error by its message and its level in words", () => {
    const { text, serious } = entry({
      level: "error",
      message: "failed",
      err: { type: "Error", message: "disk full", stack: "…" },
    });
    expect(text).toBe(`${clock} ocr-api    error: failed err="disk full"`);
    expect(serious).toBe(true);
  });

  test("is coloured only when asked", () => {
    expect(entry({ message: "accepted" }).text).not.toContain("\u001B");
    expect(entry({ message: "accepted" }, true).text).toContain("\u001B");
  });
});

describe("a line that is no entry", () => {
  test.for(["Error: no such file", "{ broken", '{"level":"info"}', "null"])("is shown as it is: %s", (text) => {
    expect(renderLine({ source: "auth", stream: "stdout", text }, false)).toEqual({
      text: expect.stringMatching(/^\d\d:\d\d:\d\d auth {7}/),
      serious: false,
    });
    expect(renderLine({ source: "auth", stream: "stdout", text }, false).text.endsWith(text)).toBe(true);
  });

  test("counts as serious on stderr, where a dying process speaks", () => {
    expect(renderLine({ source: "auth", stream: "stderr", text: "Error: no such file" }, false).serious).toBe(true);
  });
});
