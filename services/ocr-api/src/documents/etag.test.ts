import * as fc from "fast-check";
import { expect, it } from "vitest";
import { matches } from "./etag.ts";

const etag = fc.stringMatching(/^"[\w-]{22}"$/);

it("If-None-Match names a state among others, weakly or not, or any at all", () => {
  fc.assert(
    fc.property(etag, fc.array(etag), fc.boolean(), (current, others, weak) => {
      const named = [...others, weak ? `W/${current}` : current];
      expect(matches(named.join(" , "), current)).toBe(true);
      expect(matches(named.toReversed().join(","), current)).toBe(true);
      expect(matches(" * ", current)).toBe(true);
    }),
  );
});

it("nothing else names it, whatever a client sends", () => {
  fc.assert(
    fc.property(etag, fc.oneof(fc.string(), fc.array(etag).map(String)), (current, header) => {
      fc.pre(!header.includes(current) && header.trim() !== "*");
      expect(matches(header, current)).toBe(false);
      expect(matches(undefined, current)).toBe(false);
    }),
  );
});
