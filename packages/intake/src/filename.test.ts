import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filenameOf, plainName } from "./filename.ts";

describe("the name of a file", () => {
  test.each([
    ["carta.pdf", "carta.pdf"],
    ["résumé-合同-🧾.pdf", "résumé-合同-🧾.pdf"],
    ["../../tmp/evil.pdf", "evil.pdf"],
    [String.raw`..\..\evil.pdf`, "evil.pdf"],
    [String.raw`C:\Windows\evil.pdf`, "evil.pdf"],
    ["/etc/cron.d/evil", "evil"],
    ["a\0b\r\nset-cookie: x", "abset-cookie: x"],
    ["factura\u202Efdp.exe", "facturafdp.exe"],
    ["\uD800.pdf", ".pdf"],
    [" carta.pdf ", "carta.pdf"],
    [`${"a".repeat(4092)}.pdf`, "a".repeat(255)],
    ["🧾".repeat(200), "🧾".repeat(127)],
  ])("%j is kept as %j", (name, kept) => {
    expect(plainName(name)).toBe(kept);
  });

  test.each([null, "", "   ", ".", "..", "../..", "/", "a/..", "\0", "\u202E"])("%j is none", (name) => {
    expect(plainName(name)).toBeNull();
  });

  test("whatever a client says, it is a short word of one line that is no path, and stays so", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ maxLength: 1000 }),
      fc.stringMatching(/^[./\\ a]*$/),
    );
    fc.assert(
      fc.property(anything, (name) => {
        const kept = plainName(name);
        if (kept === null) return;
        expect(kept).toMatch(/^[^/\\\p{Cc}\p{Bidi_Control}]+$/u);
        expect([".", ".."]).not.toContain(kept);
        expect(kept.length).toBeLessThanOrEqual(255);
        expect(kept.isWellFormed()).toBe(true);
        expect(plainName(kept)).toBe(kept);
      }),
    );
  });

  test("is read from a Content-Disposition however it is written there", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1 }).filter((name) => name.isWellFormed()),
        (name) => {
          // What encodeURIComponent leaves as it is may stand there, too (RFC 8187, attr-char), but for these.
          const encoded = encodeURIComponent(name).replaceAll(
            /['()*]/g,
            (each) => `%${each.charCodeAt(0).toString(16)}`,
          );
          expect(filenameOf(`attachment; filename*=UTF-8''${encoded}`)).toBe(name);
          const quoted = name.replaceAll(/["\\]/g, String.raw`\$&`);
          if (!/[\r\n]/.test(name)) expect(filenameOf(`attachment; filename="${quoted}"`)).toBe(name);
        },
      ),
    );
  });
});
