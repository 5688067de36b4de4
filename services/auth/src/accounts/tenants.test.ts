import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { parseApiKey, Scope } from "@lectura/contracts";
import { Redis } from "ioredis";
import { afterAll, describe, expect, it } from "vitest";
import { everythingIn, openRedis } from "../fixtures/start-auth.ts";
import { createApiKeyStore } from "./api-key-store.ts";
import { hashSecret } from "./secret.ts";
import { createTenants } from "./tenants.ts";

const SECRET = "s".repeat(43);
const ID = "00000000000000aa";
const KEY = `lk_${ID}_${SECRET}`;

const { redis } = openRedis(process.env["REDIS_URL"]);
afterAll(() => redis.quit());

const platform = (connection: Redis = redis, prefix = `test-${randomUUID()}`) => {
  const apiKeys = createApiKeyStore({ redis: connection, prefix });
  return { prefix, apiKeys, tenants: createTenants({ redis: connection, apiKeys, prefix }) };
};

const tenantsOf = async (prefix: string): Promise<string[]> => redis.hkeys(`${prefix}:tenants`);

/** A wire to Redis that breaks after so many bytes, as when a process dies in the middle of what it sends. */
const breakingWire = async (bytes: number) => {
  const { host = "127.0.0.1", port = 6379 } = redis.options;
  let left = bytes;
  const server = createServer((client) => {
    const upstream = connect(port, host);
    upstream.on("error", () => client.destroy()).pipe(client);
    client.on("error", () => upstream.destroy()).on("close", () => upstream.end());
    client.on("data", (chunk) => {
      upstream.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left < 0) client.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listening TCP server's address is never a pipe's name.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
  const { port: broken } = server.address() as AddressInfo;
  const connection = new Redis({ port: broken, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  connection.on("error", () => {});
  return {
    connection,
    unused: () => left,
    close: async () => {
      connection.disconnect();
      server.close();
      await once(server, "close");
    },
  };
};

describe("the first tenant", () => {
  it("comes with the operator's key, which may do everything", async () => {
    const { prefix, apiKeys, tenants } = platform();
    await tenants.addFirst(KEY, { limited: true });
    const [tenant, ...others] = await tenantsOf(prefix);
    expect(others).toEqual([]);
    expect(await apiKeys.find(ID)).toMatchObject({
      tenant,
      scopes: Scope.options,
      hash: hashSecret(SECRET),
      expires_at: null,
    });
  });

  it("is made once, whichever key later starts bring, and whatever has become of the first one", async () => {
    const { prefix, apiKeys, tenants } = platform();
    await tenants.addFirst(KEY, { limited: true });
    await tenants.addFirst(`lk_${ID.replaceAll("a", "b")}_${SECRET}`, { limited: true });
    expect(await apiKeys.find(ID.replaceAll("a", "b"))).toBeUndefined();
    const first = await apiKeys.find(ID);
    if (first) await apiKeys.remove(first);
    await tenants.addFirst(KEY, { limited: true });
    expect(await apiKeys.find(ID)).toBeUndefined();
    expect(await tenantsOf(prefix)).toHaveLength(1);
  });

  it("is one when replicas start at the same moment", async () => {
    const prefix = `test-${randomUUID()}`;
    const connections = Array.from({ length: 5 }, () => redis.duplicate());
    await Promise.all(connections.map((each) => platform(each, prefix).tenants.addFirst(KEY, { limited: true })));
    await Promise.all(connections.map((each) => each.quit()));
    expect(await tenantsOf(prefix)).toHaveLength(1);
    expect(await platform(redis, prefix).apiKeys.find(ID)).toMatchObject({ tenant: (await tenantsOf(prefix))[0] });
  });

  it("is made by the next start when the one before died on the way, wherever that was", async () => {
    const outcomes = new Set<string>();
    for (let bytes = 0; ; bytes += 60) {
      const wire = await breakingWire(bytes);
      const { prefix, tenants } = platform(wire.connection);
      await tenants.addFirst(KEY, { limited: true }).catch(() => outcomes.add("died"));
      await wire.close();

      const before = await everythingIn(redis, prefix);
      const next = platform(redis, prefix);
      await next.tenants.addFirst(KEY, { limited: true });
      expect(await next.apiKeys.find(ID), `cut after ${bytes} bytes, left ${before}`).toMatchObject({
        tenant: (await tenantsOf(prefix))[0],
      });
      expect(await tenantsOf(prefix)).toHaveLength(1);
      if (wire.unused() < 0) continue;
      outcomes.add("arrived");
      break;
    }
    expect([...outcomes]).toEqual(["died", "arrived"]);
  });

  it("has no limit where whoever runs the platform wants none, and the usual one else", async () => {
    for (const limited of [true, false]) {
      const { prefix, tenants } = platform();
      await tenants.addFirst(KEY, { limited });
      const [tenant] = await tenantsOf(prefix);
      const own = await redis.hgetall(`${prefix}:limits:${tenant}`);
      expect(own).toEqual(limited ? {} : { requests_per_second: "0", request_burst: "1" });
    }
  });

  it("needs a key of the right form", async () => {
    await expect(platform().tenants.addFirst("lk_secret", { limited: true })).rejects.toThrow(
      /LECTURA_FIRST_API_KEY is not an API key/,
    );
  });
});

describe("further tenants", () => {
  it("each has an id and a key of its own", async () => {
    const { prefix, apiKeys, tenants } = platform();
    const made = [await tenants.add("one"), await tenants.add("two")];
    expect((await tenantsOf(prefix)).toSorted()).toEqual(made.map(({ tenant }) => tenant).toSorted());
    for (const { tenant, key } of made) {
      const { id = "", secret = "" } = parseApiKey(key) ?? {};
      expect(await apiKeys.find(id)).toMatchObject({ tenant, hash: hashSecret(secret) });
    }
  });
});
