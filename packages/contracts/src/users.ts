import { z } from "zod";
import { Scope } from "./scopes.ts";

/** What a person may do in a tenant. */
export const Role = z.enum(["owner", "member", "viewer"]);
export type Role = z.infer<typeof Role>;

const scopesOf: Record<Role, Scope[]> = {
  owner: Scope.options,
  member: ["documents:write", "documents:read", "documents:delete", "webhooks:manage", "usage:read"],
  viewer: ["documents:read", "usage:read"],
};
/** The scopes of a role. */
export const roleScopes = (role: Role): Scope[] => scopesOf[role];

/** In small letters: nobody is two people by how they write their address. */
const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: "must be an email address" }));

/** Length is what makes a password strong (NIST SP 800-63B); the upper bound keeps hashing cheap. */
const Password = z.string().min(8).max(256);

export const NewUser = z.strictObject({ email: Email, role: Role });
export type NewUser = z.infer<typeof NewUser>;

export const UserChange = z.strictObject({ role: Role });
export type UserChange = z.infer<typeof UserChange>;

export const User = z
  .object({ id: z.string(), email: z.string(), role: Role, created_at: z.string() })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

/** Answer to creating a user: the only time the token is shown. Whoever operates the platform hands it on. */
export const CreatedUser = User.extend({
  invite_token: z.string().describe("for POST /v1/auth/accept-invite, once, within 7 days"),
}).meta({ id: "CreatedUser" });
export type CreatedUser = z.infer<typeof CreatedUser>;

export const UserList = z.object({ items: z.array(User), next_cursor: z.string().nullable() }).meta({ id: "UserList" });

export const PasswordReset = z
  .object({ token: z.string().describe("for POST /v1/auth/reset-password, once, within a day") })
  .meta({ id: "PasswordReset" });
export type PasswordReset = z.infer<typeof PasswordReset>;

/** A one-time token, of an invitation or a reset, and the password that the user chooses with it. */
export const ChosenPassword = z.strictObject({ token: z.string(), password: Password });
export type ChosenPassword = z.infer<typeof ChosenPassword>;

export const Login = z.strictObject({ email: z.string().trim().toLowerCase().max(254), password: z.string().max(256) });
export type Login = z.infer<typeof Login>;

export const RefreshRequest = z.strictObject({ refresh_token: z.string() });
export type RefreshRequest = z.infer<typeof RefreshRequest>;
