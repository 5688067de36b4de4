import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatApiKey, NewApiKey, parseApiKey } from "./identity.ts";
import { parseScopes, Scope } from "./scopes.ts";

const id = fc.stringMatching(/^[0-9a-f]{16}$/);
const secret = fc.stringMatching(/^[0-9A-Za-z_-]{43}$/);

describe("an API key", () => {
  test("is taken apart into what it was made of", () => {
    fc.assert(
      fc.property(id, secret, (id, secret) => {
        expect(parseApiKey(formatApiKey({ id, secret }))).toEqual({ id, secret });
      }),
    );
  });

  const key = formatApiKey({ id: "0123456789abcdef", secret: "s".repeat(43) });
  test.each([
    ["nothing", ""],
    ["another prefix", key.replace("lk_", "sk_")],
    ["no secret", "lk_0123456789abcdef_"],
    ["a short secret", key.slice(0, -1)],
    ["a long secret", `${key}s`],
    ["a line break behind it", `${key}\n`],
    ["a space before it", ` ${key}`],
    ["an id that is not hexadecimal", key.replace("0123", "ghij")],
    ["a secret that is not base64url", key.replace(/s$/, "=")],
  ])("is not %s", (_, wrong) => {
    expect(parseApiKey(wrong)).toBeUndefined();
  });

  test("to be made needs a name and a scope, and never expires unless asked to", () => {
    expect(NewApiKey.parse({ name: "n", scopes: ["admin"] })).toEqual({
      name: "n",
      scopes: ["admin"],
      expires_at: null,
    });
    for (const wrong of [
      { name: "", scopes: ["admin"] },
      { name: "n", scopes: [] },
      { name: "n", scopes: ["everything"] },
      { name: "n", scopes: ["admin"], expires_at: "tomorrow" },
      { name: "n", scopes: ["admin"], role: "owner" },
    ])
      expect(NewApiKey.safeParse(wrong).success).toBe(false);
  });
});

describe("the scope claim", () => {
  test("carries all scopes there are", () => {
    expect(parseScopes(Scope.options.join(" "))).toEqual(Scope.options);
  });

  test("gives nothing for names this version does not know", () => {
    expect(parseScopes("documents:read documents:* admin2  ")).toEqual(["documents:read"]);
    expect(parseScopes("")).toEqual([]);
  });
});
