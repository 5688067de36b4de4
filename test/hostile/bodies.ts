import { packedBodies } from "./packed.ts";
import type { Reaction } from "./reaction.ts";

const JSON_TYPE = { "content-type": "application/json" };
const MALFORMED = "400 malformed-request";
const INVALID = "422 invalid-option";

const url = (address: string, more = ""): string => `{"source":{"url":"${address}"}${more}}`;

/** JSON that is deep, long, double or not what it should be, to whoever takes JSON. */
const jsonBodies: Reaction[] = [
  ...[
    ["sixty thousand brackets", MALFORMED, "[".repeat(60_000)],
    ["sixty thousand objects", MALFORMED, '{"source":'.repeat(6000)],
    ["objects five thousand deep", "400 unknown-field", `${'{"source":'.repeat(5000)}1${"}".repeat(5000)}`],
    ["more than is read", "413 file-too-large", url("a".repeat(70_000))],
    ["null", INVALID, "null"],
    ["a list", INVALID, "[]"],
    ["a text", INVALID, '"a"'],
    ["nothing", MALFORMED, ""],
    ["half of it", MALFORMED, '{"source":'],
    ["a foreign prototype", "400 unknown-field", '{"__proto__":{"admin":true},"source":{"url":"http://127.0.0.1/"}}'],
    [
      "an address said twice",
      "422 forbidden-url",
      '{"source":{"url":"http://a.test/"},"source":{"url":"http://127.0.0.1/"}}',
    ],
    ["a file of this machine", "422 forbidden-url", url("file:///etc/passwd")],
    ["a service that speaks otherwise", "422 forbidden-url", url("gopher://127.0.0.1:6379/_FLUSHALL")],
    ["the address of the cloud's metadata", "422 forbidden-url", url("http://169.254.169.254/latest/meta-data/")],
    ["half a letter", "422 forbidden-url", url("http://\\ud800/")],
    ["a number without end", INVALID, url("http://a.test/", ',"ttl":1e400')],
    ["five thousand digits", INVALID, url("http://a.test/", `,"ttl":${"9".repeat(5000)}`)],
  ].map(([what = "", answer = "", body = ""]) => ({
    what: `JSON of ${what}`,
    method: "POST",
    path: "/v1/documents",
    headers: JSON_TYPE,
    body,
    answer,
  })),
  ...["/v1/auth/login", "/v1/auth/refresh", "/v1/api-keys", "/v1/users"].flatMap((path) =>
    [
      ["a megabyte of brackets", MALFORMED, "[".repeat(900_000)],
      ["brackets a hundred thousand deep", INVALID, "[".repeat(100_000) + "]".repeat(100_000)],
      ["a foreign prototype", MALFORMED, '{"__proto__":{"admin":true}}'],
      ["a foreign constructor", MALFORMED, '{"constructor":{"prototype":{"admin":true}}}'],
      ["null", INVALID, "null"],
    ].map(([what, answer = "", body = ""]) => ({
      what: `JSON of ${what}, to ${path}`,
      method: "POST",
      path,
      headers: JSON_TYPE,
      body,
      answer,
    })),
  ),
  {
    what: "more than a small body may have",
    method: "POST",
    path: "/v1/api-keys",
    headers: JSON_TYPE,
    body: " ".repeat(1_000_001),
    answer: "413 file-too-large",
  },
];

/** Queries and headers that are not what they should be. */
const addresses = (file: Uint8Array<ArrayBuffer>): Reaction[] => [
  ...[
    ["?pages=1&pages=2", INVALID],
    ["?pages[]=1", "400 unknown-field"],
    ["?__proto__=1", "400 unknown-field"],
    ["?constructor=1", "400 unknown-field"],
    ["?%00=1", "400 unknown-field"],
    ["?pages=%00", INVALID],
    ["?pages=%ff", INVALID],
    ["?pages=1-999999,1-999999", "202"],
    ["?pages=999999999", INVALID],
    ["?reference=%ED%A0%80", "202"],
    ["?reference=../../etc", "202"],
    [`?${"a".repeat(9000)}=1`, "400 unknown-field"],
    [`?${"pages=1&".repeat(3000)}`, "431 headers-too-large"],
    [`?languages=${"spa+".repeat(500)}spa`, INVALID],
    ["?ttl=P99999999999999D", INVALID],
    ["?callback_url=http://127.0.0.1/", "422 forbidden-url"],
  ].map(([query = "", answer = ""]) => ({
    what: `the query ${query.slice(0, 60)}`,
    method: "POST",
    path: `/v1/documents${query}`,
    headers: {},
    body: file,
    answer,
  })),
  ...["%2e%2e", "..%2f..%2fetc%2fpasswd", "doc_1", "doc_%00", "a".repeat(300), "%ff"].map((id) => ({
    what: `the id ${id.slice(0, 60)}`,
    method: "GET",
    path: `/v1/documents/${id}`,
    headers: {},
    body: "",
    answer: id === "%ff" ? MALFORMED : "404 not-found",
  })),
];

export const hostileBodies = (file: Uint8Array<ArrayBuffer>): Reaction[] => [
  ...jsonBodies,
  ...packedBodies(file),
  ...addresses(file),
];
