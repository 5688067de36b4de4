import { ChosenPassword } from "@lectura/contracts";
import type { Note } from "../audit/note.ts";
import { refused } from "../refused.ts";
import type { Passwords } from "./passwords.ts";
import type { Purpose, UserStore } from "./user-store.ts";

const ACTION: Record<Purpose, string> = { invite: "acceptInvite", reset: "resetPassword" };

/** Sets a password by a one-time token, which an invitation or a reset has given. @throws ProblemError 401 */
export const createChoosePassword =
  ({ store, passwords, note }: { store: UserStore; passwords: Passwords; note: Note }) =>
  async (purpose: Purpose, body: unknown): Promise<void> => {
    const { token, password } = ChosenPassword.parse(body);
    const id = await store.findByToken(token, purpose);
    const done = id && (await store.redeem(token, purpose, id, await passwords.hash(password)));
    const user = done ? await store.find(id) : undefined;
    if (!user) throw refused("The token is unknown, used or too old.");
    await note.done({ tenant: user.tenant, actor: user.id }, ACTION[purpose]);
  };
export type ChoosePassword = ReturnType<typeof createChoosePassword>;
