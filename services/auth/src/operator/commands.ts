import { Role, Scope, type TenantId, TenantLimit } from "@lectura/contracts";
import type { Caller } from "@lectura/http";
import { z } from "zod";
import type { Tenants } from "../accounts/tenants.ts";
import type { ApiKeys } from "../api-keys/api-keys.ts";
import type { Users } from "../users/users.ts";

/** What the operator may do, as the command line names it. Arguments come in the order of `needs`. */
export interface OperatorCommand {
  needs: string[];
  run(...args: string[]): Promise<Record<string, string> | object[]>;
}

/** The operator acts for a tenant with every scope. */
const operatorOf = (tenant: TenantId): Caller => ({
  issuer: "operator",
  subject: "operator",
  kind: "key",
  tenant,
  scopes: Scope.options,
});
const MOST = 10_000;
const LimitValue = z.literal("default").or(z.coerce.number().int().nonnegative());

interface Rotation {
  kid: string;
  signsFrom: number;
}
const signing = ({ kid, signsFrom }: Rotation): Record<string, string> => ({
  LECTURA_SIGNING_KEY: kid,
  LECTURA_SIGNS_FROM: new Date(signsFrom).toISOString(),
});

/** The operator's commands. Variables come back for what is made, and a list for what is listed. */
export const operatorCommands = (platform: {
  tenants: Tenants;
  users: Users;
  apiKeys: ApiKeys;
  rotate: () => Promise<Rotation>;
  replace: () => Promise<Rotation>;
}): Record<string, OperatorCommand> => {
  const { tenants, users, apiKeys } = platform;
  return {
    "tenants add": {
      needs: ["NAME"],
      run: async (name = "") => {
        const { tenant, key } = await tenants.add(name);
        return { LECTURA_TENANT: tenant, LECTURA_API_KEY: key };
      },
    },
    "tenants list": { needs: [], run: async () => tenants.list() },
    "tenants limit": {
      needs: ["TENANT", TenantLimit.options.join("|"), "NUMBER|default"],
      run: async (tenant = "", limit = "", value = "") => {
        await tenants.limit(await tenants.find(tenant), TenantLimit.parse(limit), LimitValue.parse(value));
        return {};
      },
    },
    "tenants limits": {
      needs: ["TENANT"],
      run: async (tenant = "") => [await tenants.limits(await tenants.find(tenant))],
    },
    "users add": {
      needs: ["TENANT", "EMAIL", Role.options.join("|")],
      run: async (tenant = "", email = "", role = "") => {
        const { id, invite_token } = await users.create(await tenants.find(tenant), { email, role });
        return { LECTURA_USER: id, LECTURA_INVITE_TOKEN: invite_token };
      },
    },
    "users list": {
      needs: ["TENANT"],
      run: async (tenant = "") => (await users.list(await tenants.find(tenant), { limit: MOST })).items,
    },
    "users reset": {
      needs: ["TENANT", "USER"],
      run: async (tenant = "", user = "") => ({
        LECTURA_RESET_TOKEN: (await users.resetPassword(await tenants.find(tenant), user)).token,
      }),
    },
    "users remove": {
      needs: ["TENANT", "USER"],
      run: async (tenant = "", user = "") => {
        await users.remove(await tenants.find(tenant), user);
        return {};
      },
    },
    "keys add": {
      needs: ["TENANT", "NAME", "SCOPE,…"],
      run: async (tenant = "", name = "", scopes = "") => {
        const caller = operatorOf(await tenants.find(tenant));
        const { id, key } = await apiKeys.create(caller, { name, scopes: scopes.split(",") });
        return { LECTURA_KEY_ID: id, LECTURA_API_KEY: key };
      },
    },
    "keys list": {
      needs: ["TENANT"],
      run: async (tenant = "") => (await apiKeys.list(operatorOf(await tenants.find(tenant)), { limit: MOST })).items,
    },
    "keys remove": {
      needs: ["TENANT", "KEY"],
      run: async (tenant = "", key = "") => {
        await apiKeys.remove(operatorOf(await tenants.find(tenant)), key);
        return {};
      },
    },
    "keys rotate": { needs: [], run: async () => signing(await platform.rotate()) },
    "keys replace": { needs: [], run: async () => signing(await platform.replace()) },
  };
};
