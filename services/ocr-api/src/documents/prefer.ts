const MAX_WAIT_S = 60;

/** The seconds of `Prefer: wait=N` (RFC 7240), pulled into 0–60; undefined when the caller did not ask. */
export const preferredWait = (prefer: string | string[] | undefined): number | undefined => {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec([prefer ?? ""].flat().join(","));
  return match ? Math.min(MAX_WAIT_S, Number(match[1])) : undefined;
};
