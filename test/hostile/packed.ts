import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Reaction } from "./reaction.ts";

const codings = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };
type Coding = keyof typeof codings;

/** Content codings as a client applies them, one after the other. */
const applied: Coding[][] = [
  ["gzip"],
  ["deflate"],
  ["br"],
  ["zstd"],
  ["gzip", "gzip"],
  ["deflate", "br"],
  ["zstd", "gzip", "br", "deflate"],
];

const MUCH = 50_000_000;
const MALFORMED = "400 malformed-request";

const padded = (bytes: Uint8Array | string, fill: string): Buffer =>
  Buffer.concat([Buffer.from(bytes), Buffer.alloc(MUCH, fill)]);
const json = (body: object): Buffer => padded(JSON.stringify(body), " ");

/** Bodies that would be what is wanted there if somebody unpacked them, and endless. */
const unpacked = (file: Uint8Array): [where: string, type: string | undefined, body: Buffer, answer: string][] => {
  const form = '--x\r\ncontent-disposition: form-data; name="reference"\r\n\r\n1\r\n--x--\r\n';
  return [
    ["/v1/documents", undefined, padded(file, "\0"), "415 unsupported-media-type"],
    ["/v1/documents", "application/json", json({ source: { url: "https://example.org/" } }), MALFORMED],
    ["/v1/documents", "multipart/form-data; boundary=x", padded(form, "\n"), MALFORMED],
    ["/v1/webhooks", "application/json", json({ url: "https://example.org/" }), MALFORMED],
    ["/v1/api-keys", "application/json", json({ name: "n", scopes: ["documents:read"] }), MALFORMED],
  ];
};

/** Bodies that say they are packed, and are: nobody unpacks them. */
export const packedBodies = (file: Uint8Array): Reaction[] =>
  unpacked(file).flatMap(([path, type, body, answer]) =>
    applied.map((names) => ({
      what: `a bomb in ${names.join(", ")} of ${type ?? "a file"}, to ${path}`,
      method: "POST",
      path,
      headers: { "content-encoding": names.join(", "), ...(type && { "content-type": type }) },
      body: new Uint8Array(names.reduce((inner, name) => codings[name](inner), body)),
      answer,
    })),
  );
