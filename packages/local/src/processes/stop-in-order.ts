import type { Supervised } from "./supervise.ts";

/** Stops one after the other; from the first moment none of them is started again. */
export const stopInOrder = async (members: readonly Supervised[]): Promise<void> => {
  for (const member of members) member.retire();
  for (const member of members) await member.stop();
};
