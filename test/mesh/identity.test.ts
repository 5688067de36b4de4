import { api, type Document, type Route, Scope, type TenantId } from "@lectura/contracts";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { sample } from "../fixtures/client.ts";
import { createTokens, type Tokens } from "../fixtures/tokens.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { report } from "./fixtures/report.ts";
import { signerOf } from "./fixtures/signer.ts";

// That each call does with each credential what it should, inside and out, is shown in scripts/identity/matrix.test.ts;
// here that the proxies in front of the services let the same ones in.
const routes: Route[] = Object.values(api);
const guarded = routes.filter(({ access }) => access !== "public");

let edge: Edge;
let tokens: Tokens;
let right: string;
let stranger: string;
let document: Document;
beforeAll(async () => {
  edge = await atTheEdge();
  const token = await edge.freshToken();
  const { iss: issuer = "", tenant } = decodeJwt<{ tenant: TenantId }>(token);
  tokens = await createTokens(await signerOf(decodeProtectedHeader(token).kid ?? ""), { issuer, tenant });
  right = await tokens.sign();
  stranger = await tokens.sign({ tenant: "ten_other", sub: "key_2" });
  const { bytes } = await sample("recibo.jpg");
  document = await edge.client.untilFinal((await edge.client.submit(bytes)).id);
});

const pathOf = ({ path }: Route): string =>
  path.replace("/documents/:id", `/documents/${document.id}`).replaceAll(/:\w+/g, "1");

const statusOf = async (route: Route, headers: Record<string, string>): Promise<number> => {
  const answer = await fetch(`${edge.url}${pathOf(route)}`, { method: route.method, headers });
  await answer.body?.cancel();
  return answer.status;
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** What every guarded route answers, as `401 GET /v1/…`. */
const answers = async (headers: Record<string, string>, among = guarded): Promise<string[]> =>
  Promise.all(among.map(async (route) => `${await statusOf(route, headers)} ${route.method} ${route.path}`));
const all = (status: number, among = guarded): string[] =>
  among.map((route) => `${status} ${route.method} ${route.path}`);

describe("at the edge, of every route that is not public", () => {
  test("none is open without a credential or with a wrong key", async () => {
    expect(await answers({})).toEqual(all(401));
    for (const key of ["nonsense", `lk_${"0".repeat(16)}_${"s".repeat(43)}`])
      expect(await answers({ "x-api-key": key })).toEqual(all(401));
  });

  test("none is open to a token that is not good", async () => {
    const { "of the wrong audience": audience, ...others } = tokens.wrong;
    for (const [what, [token]] of Object.entries(others)) expect(await answers(bearer(token)), what).toEqual(all(401));
    // Envoy's own answer to it.
    expect(await answers(bearer(audience[0]))).toEqual(all(403));
    report("identity: routes × credentials refused", `${guarded.length} × ${Object.keys(tokens.wrong).length + 3}`);
  });

  test("none is open to the right tenant without the scope", async () => {
    for (const scope of Scope.options) {
      const without = Scope.options.filter((each) => each !== scope).join(" ");
      const among = guarded.filter(({ access }) => access === scope);
      expect(await answers(bearer(await tokens.sign({ scope: without })), among)).toEqual(all(403, among));
    }
  });

  test("another tenant sees nothing of a document", async () => {
    const among = guarded.filter(({ path }) => path.includes("/documents/:id"));
    expect(among.length).toBeGreaterThan(4);
    expect(await answers(bearer(stranger), among)).toEqual(all(404, among));
    expect((await edge.client.read(document.id)).id).toBe(document.id);
  });

  test("what only reads is open to the right one", async () => {
    const among = guarded.filter(
      ({ method, path }) => method === "GET" && !path.replace("documents/:id", "").includes(":"),
    );
    expect(await answers(bearer(right), among)).toEqual(all(200, among));
  });
});
