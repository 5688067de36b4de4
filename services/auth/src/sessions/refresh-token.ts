import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** A refresh token's place: the family that a login has begun, and its number in it. */
export interface RefreshToken {
  session: string;
  number: number;
}

const FORM = /^lr_([0-9a-f]{32})_(\d{1,9})_([\w-]{43})$/;

/**
 * Refresh tokens, `lr_<session>_<number>_<mac>`. The mac, under a key derived from `secret`, says that the token is one
 * of ours; so nothing about it has to be kept, and an old one is told from one that somebody made up.
 */
export const createRefreshTokens = (secret: string) => {
  const key = Buffer.from(hkdfSync("sha256", Buffer.from(secret, "base64url"), "", "lectura refresh tokens", 32));
  const macOf = ({ session, number }: RefreshToken): Buffer =>
    createHmac("sha256", key).update(`${session}_${number}`).digest();

  return {
    format: (token: RefreshToken): string =>
      `lr_${token.session}_${token.number}_${macOf(token).toString("base64url")}`,
    /** Undefined for what we have never handed out. */
    parse: (text: string): RefreshToken | undefined => {
      const [, session = "", number = "", mac = ""] = FORM.exec(text) ?? [];
      const token = { session, number: Number(number) };
      const given = Buffer.from(mac, "base64url");
      const right = macOf(token);
      return given.length === right.length && timingSafeEqual(given, right) ? token : undefined;
    },
  };
};
export type RefreshTokens = ReturnType<typeof createRefreshTokens>;
