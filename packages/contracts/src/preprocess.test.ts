import { expect, test } from "vitest";
import { ParsedPreprocess, Preprocess } from "./preprocess.ts";

test.each<[given: unknown, parsed: unknown]>([
  ["auto", "auto"],
  ["none", "none"],
  ["deskew", ["deskew"]],
  ["deskew,rotate", ["rotate", "deskew"]],
  [
    ["deskew", "rotate", "deskew"],
    ["rotate", "deskew"],
  ],
])("%j is a preparation: equal wishes are equal lists", (given, parsed) => {
  expect(Preprocess.parse(given)).toEqual(parsed);
  expect(ParsedPreprocess.parse(parsed)).toEqual(parsed);
});

test.each(["", "automatic", "deskew,", "deskew, rotate", "auto,deskew", "sharpen", [], ["sharpen"], ["auto"], 7])(
  "%j is refused with what could be said instead",
  (given) => {
    expect(Preprocess.safeParse(given).error?.issues.map(({ message }) => message)).toEqual([
      "must be auto, none, or a list of rotate, flatten, denoise, deskew, downscale",
    ]);
  },
);
