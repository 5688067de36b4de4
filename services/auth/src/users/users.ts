import { NewUser, type PasswordReset, ProblemError, type TenantId, type User, UserChange } from "@lectura/contracts";
import { parseOffset } from "../paging.ts";
import type { StoredUser, UserStore } from "./user-store.ts";

const view = ({ id, email, role, created_at }: StoredUser): User => ({
  id,
  email,
  role,
  created_at: new Date(created_at).toISOString(),
});

const unknown = (): ProblemError => new ProblemError("not-found", "There is no such user.");

/** @throws ProblemError unless a change has been made */
const requireDone = (outcome: 1 | 0 | -1): void => {
  if (outcome === 0) throw unknown();
  if (outcome === -1) throw new ProblemError("last-owner", "This is the only owner. Make somebody else one first.");
};

/** A tenant's users. */
export const createUsers = ({ store }: { store: UserStore }) => {
  const find = async (tenant: TenantId, id: string): Promise<StoredUser> => {
    const user = await store.find(id);
    if (user?.tenant !== tenant) throw unknown();
    return user;
  };

  return {
    list: async (tenant: TenantId, { limit, cursor }: { limit: number; cursor?: string | undefined }) => {
      const { items, next } = await store.list(tenant, { offset: parseOffset(cursor), limit });
      return { items: items.map(view), next_cursor: next === null ? null : String(next) };
    },

    create: async (tenant: TenantId, body: unknown) => {
      const wanted = NewUser.parse(body);
      const made = await store.add(tenant, wanted);
      if (!made) throw new ProblemError("conflict", "A user with this email is there already.");
      const { id, createdAt, token } = made;
      return { ...wanted, id, created_at: new Date(createdAt).toISOString(), invite_token: token };
    },

    changeRole: async (tenant: TenantId, id: string, body: unknown): Promise<User> => {
      // A missing user is 404 whatever the body says.
      await find(tenant, id);
      const { role } = UserChange.parse(body);
      requireDone(await store.changeRole(tenant, id, role));
      return view(await find(tenant, id));
    },

    remove: async (tenant: TenantId, id: string): Promise<void> => requireDone(await store.remove(tenant, id)),

    resetPassword: async (tenant: TenantId, id: string): Promise<PasswordReset> => ({
      token: await store.addToken(await find(tenant, id), "reset"),
    }),
  };
};
export type Users = ReturnType<typeof createUsers>;
