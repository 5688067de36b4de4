import * as fc from "fast-check";
import { expect, it } from "vitest";
import { idempotencyKey } from "./idempotency-key.ts";

const refusal = expect.objectContaining({ code: "malformed-request" });

it("up to 255 visible letters of ASCII are a key, as they are", () => {
  const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.string({ unit: visible, minLength: 1, maxLength: 255 }), (key) => {
      expect(idempotencyKey(key)).toBe(key);
    }),
  );
});

it("everything else is refused", () => {
  const other = fc.oneof(
    fc.string({ unit: "binary" }).filter((key) => !/^[!-~]+$/.test(key)),
    fc.string({ unit: fc.constantFrom("a", "~"), minLength: 256, maxLength: 300 }),
    fc.array(fc.string()),
  );
  fc.assert(
    fc.property(other, (key) => {
      expect(() => idempotencyKey(key)).toThrow(refusal);
    }),
  );
});

it("no header is no key", () => {
  expect(idempotencyKey(undefined)).toBeUndefined();
});
