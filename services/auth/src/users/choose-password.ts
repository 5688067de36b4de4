import { ChosenPassword } from "@lectura/contracts";
import { refused } from "../refused.ts";
import type { Passwords } from "./passwords.ts";
import type { Purpose, UserStore } from "./user-store.ts";

/** Sets a password by a one-time token, which an invitation or a reset has given. @throws ProblemError 401 */
export const createChoosePassword =
  ({ store, passwords }: { store: UserStore; passwords: Passwords }) =>
  async (purpose: Purpose, body: unknown): Promise<void> => {
    const { token, password } = ChosenPassword.parse(body);
    const user = await store.findByToken(token, purpose);
    const done = user && (await store.redeem(token, purpose, user, await passwords.hash(password)));
    if (!done) throw refused("The token is unknown, used or too old.");
  };
export type ChoosePassword = ReturnType<typeof createChoosePassword>;
