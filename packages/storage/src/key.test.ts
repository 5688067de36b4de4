import { describe, expect, test } from "vitest";
import { checkKey } from "./key.ts";

describe("a storage key", () => {
  test.for([
    "ten_x/doc_y/input",
    "ten_x/doc_y/pages/12.json",
    "ten_x/doc_y/result.v2.json",
    "ten_x",
    "A-1/b_2",
    "_/-",
    `${"a".repeat(200)}/${"b".repeat(200)}`,
  ])("is accepted and returned: %s", (key) => {
    expect(checkKey(key)).toBe(key);
  });

  test.for([
    ["nothing", ""],
    ["a dot", "."],
    ["two dots", ".."],
    ["two dots at the beginning", "../ten_x/doc_y"],
    ["two dots in the middle", "ten_x/../ten_z/doc_y"],
    ["two dots at the end", "ten_x/doc_y/.."],
    ["a dot in the middle", "ten_x/./doc_y"],
    ["a hidden file", "ten_x/.hidden"],
    ["the file driver's own folder", ".tmp/x"],
    ["an absolute path", "/etc/passwd"],
    ["an empty segment", "ten_x//doc_y"],
    ["a slash at the end", "ten_x/doc_y/"],
    ["a slash alone", "/"],
    ["a backslash", "ten_x\\doc_y"],
    ["two dots with a backslash", "ten_x/..\\..\\doc_y"],
    ["a Windows drive", "C:/doc_y"],
    ["NUL", "ten_x/doc_y\0.json"],
    ["a line break inside", "ten_x/doc\n_y"],
    ["a line break at the end", "ten_x/doc_y\n"],
    ["a blank", "ten_x/doc y"],
    ["an escaped slash", "ten_x%2fdoc_y"],
    ["escaped dots", "%2e%2e/doc_y"],
    ["a letter that has two Unicode forms", "ten_x/año"],
    ["a wide full stop", "ten_x/．．/doc_y"],
    ["a question mark", "ten_x/doc_y?versionId=1"],
    ["a home folder", "~/doc_y"],
    ["a segment that is too long", `ten_x/${"a".repeat(201)}`],
    ["a key that is too long", Array.from({ length: 100 }, () => "abcdef").join("/")],
  ])("is refused when it is or has %s", ([, key]) => {
    expect(() => checkKey(key ?? "")).toThrow("is not a storage key");
  });
});
