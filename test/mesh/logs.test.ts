import { beforeAll, expect, test } from "vitest";
import { accessLog } from "./fixtures/envoy.ts";
import { atTheEdge, type Edge } from "./fixtures/edge.ts";
import { podsOf } from "./fixtures/kubectl.ts";

let edge: Edge;
beforeAll(async () => {
  edge = await atTheEdge();
});

test("the proxies log what failed, and of what went well nothing", async () => {
  const authorization = `Bearer ${await edge.freshToken()}`;
  const call = (path: string): Promise<Response> => fetch(`${edge.url}${path}`, { headers: { authorization } });
  const [well, failed] = [await call("/v1/limits"), await call("/v1/documents/doc_unknown")];
  expect([well.status, failed.status]).toEqual([200, 404]);
  // Envoy writes its log every ten seconds.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  const logs = await Promise.all((await podsOf("app=gateway")).map(({ metadata }) => accessLog(metadata.name)));
  expect(logs.join("\n")).toContain(failed.headers.get("x-request-id"));
  expect(logs.join("\n")).not.toContain(well.headers.get("x-request-id"));
});
