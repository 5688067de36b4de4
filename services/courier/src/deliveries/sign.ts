import { createHmac } from "node:crypto";

/** The headers of Standard Webhooks for these very bytes; each secret signs, so that receivers can change theirs. */
export const signedHeaders = (
  { id, body, at }: { id: string; body: Uint8Array; at: number },
  secrets: string[],
): Record<string, string> => {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const hmac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body);
    return `v1,${hmac.digest("base64")}`;
  });
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
};
