import { randomBytes } from "node:crypto";
import { Login, type ProblemError, RefreshRequest, roleScopes, type SessionAnswer } from "@lectura/contracts";
import type { Redis } from "ioredis";
import type { Note } from "../audit/note.ts";
import type { Guesses } from "../guesses/guesses.ts";
import type { TokenIssuer } from "../oauth/access-token.ts";
import { refused } from "../refused.ts";
import { createRunScript } from "../scripts.ts";
import type { Passwords } from "../users/passwords.ts";
import type { StoredUser, UserStore } from "../users/user-store.ts";
import type { RefreshToken, RefreshTokens } from "./refresh-token.ts";

/** So long after a login, whatever happens, the password is asked for again. */
const SESSION_MS = 30 * 86_400_000;

const wrongPassword = (): ProblemError => refused("The email or password is wrong.");
const wrongToken = (): ProblemError => refused("The refresh token is unknown, used, ended or too old. Log in again.");

/** Sessions of people: a login begins a family of refresh tokens, of which one at a time is good. */
export const createSessions = (options: {
  redis: Redis;
  prefix?: string;
  users: UserStore;
  passwords: Passwords;
  tokens: RefreshTokens;
  issue: TokenIssuer;
  guesses: Guesses;
  note: Note;
}) => {
  const { redis, prefix = "lectura", users, passwords, tokens, issue, guesses, note } = options;
  const run = createRunScript(redis);
  const keyOf = (session: string): string => `${prefix}:session:${session}`;

  const answer = async ({ id, tenant, role }: StoredUser, refresh: RefreshToken): Promise<SessionAnswer> => {
    const scopes = roleScopes(role);
    const { session } = refresh;
    const { token, expiresIn } = await issue({ subject: id, tenant, scopes, until: null, session });
    return {
      access_token: token,
      token_type: "Bearer",
      expires_in: expiresIn,
      scope: scopes.join(" "),
      refresh_token: tokens.format(refresh),
    };
  };

  return {
    login: async (body: unknown, address: string): Promise<SessionAnswer> => {
      const { email, password } = Login.parse(body);
      const user = await guesses.attempt({ address, account: email }, async () => {
        const named = await users.findByEmail(email);
        const right = await passwords.matches(password, named?.password);
        if (named && !right) note.refused({ tenant: named.tenant, actor: named.id }, "login");
        if (!named || !right) throw wrongPassword();
        return named;
      });
      const session = randomBytes(16).toString("hex");
      const fields = { user: user.id, generation: user.generation, number: 1 };
      await redis.multi().hset(keyOf(session), fields).pexpire(keyOf(session), SESSION_MS).exec();
      await note.done({ tenant: user.tenant, actor: user.id }, "login");
      return answer(user, { session, number: 1 });
    },

    refresh: async (body: unknown): Promise<SessionAnswer> => {
      const token = tokens.parse(RefreshRequest.parse(body).refresh_token);
      const id = token && (await redis.hget(keyOf(token.session), "user"));
      if (!token || !id) throw wrongToken();
      const taken = await run("rotate-session", [keyOf(token.session), users.userKey(id)], [token.number]);
      const user = taken === 1 ? await users.find(id) : undefined;
      if (!user) throw wrongToken();
      return answer(user, { session: token.session, number: token.number + 1 });
    },

    end: async (session: string): Promise<void> => {
      await redis.del(keyOf(session));
    },
  };
};
export type Sessions = ReturnType<typeof createSessions>;
