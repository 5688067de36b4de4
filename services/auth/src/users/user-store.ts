import { createHash, randomBytes } from "node:crypto";
import { type NewUser, Role, TenantId } from "@lectura/contracts";
import type { Redis } from "ioredis";
import { z } from "zod";
import { createRunScript } from "../scripts.ts";

/** A user as Redis keeps one. Without a password the invitation has not been accepted yet. */
const StoredUser = z.object({
  tenant: TenantId,
  email: z.string(),
  role: Role,
  created_at: z.coerce.number().int(),
  password: z.string().optional(),
  /** Grows with every password: sessions and one-time tokens of an earlier one are worth nothing. */
  generation: z.string(),
});
export type StoredUser = z.infer<typeof StoredUser> & { id: string };

const DAY_MS = 86_400_000;
const TOKEN_LIFE_MS = { invite: 7 * DAY_MS, reset: DAY_MS };
export type Purpose = keyof typeof TOKEN_LIFE_MS;

const newToken = (purpose: Purpose): string => `${purpose}_${randomBytes(32).toString("base64url")}`;

const outcome = z.union([z.literal(1), z.literal(0), z.literal(-1)]);

export const createUserStore = ({ redis, prefix = "lectura" }: { redis: Redis; prefix?: string }) => {
  const run = createRunScript(redis);
  const userKey = (id: string): string => `${prefix}:user:${id}`;
  const ofTenant = (tenant: TenantId): string => `${prefix}:users:${tenant}`;
  const owners = (tenant: TenantId): string => `${prefix}:users:${tenant}:owners`;
  const byEmail = `${prefix}:users:by-email`;
  // 256 random bits need no slow hash.
  const tokenKey = (token: string): string =>
    `${prefix}:one-time-token:${createHash("sha256").update(token).digest("hex")}`;

  const find = async (id: string): Promise<StoredUser | undefined> => {
    const hash = await redis.hgetall(userKey(id));
    return hash["tenant"] === undefined ? undefined : { ...StoredUser.parse(hash), id };
  };

  return {
    userKey,
    find,

    findByEmail: async (email: string): Promise<StoredUser | undefined> => {
      const id = await redis.hget(byEmail, email);
      return id === null ? undefined : find(id);
    },

    /** Adds a user with an invitation; undefined when the email is taken. */
    add: async (
      tenant: TenantId,
      { email, role }: NewUser,
    ): Promise<{ id: string; createdAt: number; token: string } | undefined> => {
      const id = `usr_${randomBytes(8).toString("hex")}`;
      const createdAt = Date.now();
      const token = newToken("invite");
      const keys = [userKey(id), byEmail, ofTenant(tenant), owners(tenant), tokenKey(token)];
      const made = await run("add-user", keys, [id, email, role, tenant, createdAt, TOKEN_LIFE_MS.invite]);
      return made === 1 ? { id, createdAt, token } : undefined;
    },

    /** Newest first, `next` is the offset of the first that did not fit. */
    list: async (tenant: TenantId, { offset, limit }: { offset: number; limit: number }) => {
      const ids = await redis.zrevrange(ofTenant(tenant), offset, offset + limit);
      const users = await Promise.all(ids.slice(0, limit).map(find));
      return { items: users.filter((user) => user !== undefined), next: ids.length > limit ? offset + limit : null };
    },

    changeRole: async (tenant: TenantId, id: string, role: Role) =>
      outcome.parse(await run("change-role", [userKey(id), owners(tenant)], [id, tenant, role])),

    remove: async (tenant: TenantId, id: string) =>
      outcome.parse(await run("remove-user", [userKey(id), byEmail, ofTenant(tenant), owners(tenant)], [id, tenant])),

    /** Makes a token with which the user can choose a new password, once. */
    addToken: async ({ id, generation }: StoredUser, purpose: Purpose): Promise<string> => {
      const token = newToken(purpose);
      const key = tokenKey(token);
      await redis.multi().hset(key, { user: id, purpose, generation }).pexpire(key, TOKEN_LIFE_MS[purpose]).exec();
      return token;
    },

    /** The user whom a token is for, as long as it is good for this. */
    findByToken: async (token: string, purpose: Purpose): Promise<string | undefined> => {
      const { user, purpose: given } = await redis.hgetall(tokenKey(token));
      return given === purpose ? user : undefined;
    },

    /** False when the token has been used, or the user has changed, in the meantime. */
    redeem: async (token: string, purpose: Purpose, id: string, password: string): Promise<boolean> =>
      (await run("redeem-token", [tokenKey(token), userKey(id)], [id, purpose, password])) === 1,
  };
};
export type UserStore = ReturnType<typeof createUserStore>;
