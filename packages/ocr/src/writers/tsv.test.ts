import { expect, it } from "vitest";
import { blockOf, failedPageOf, joined, lineOf, pageOf, pagesOf } from "../fixtures/page-results.ts";
import { writeTsv } from "./tsv.ts";

const line = lineOf(20, 40, [
  ["¿Qué\tes", 10, 110],
  ["ñandú?", 130, 230],
]);

it("writes a row for each page, block, paragraph, line and word, with Tesseract's numbers", async () => {
  const image = { ...blockOf([line], "image"), lines: [] };
  const tsv = await joined(writeTsv(pagesOf(pageOf(3, [blockOf([line]), image]))));
  expect(tsv.split("\n").map((row) => row.split("\t"))).toEqual([
    "level page_num block_num par_num line_num word_num left top width height conf text".split(" "),
    ["1", "3", "0", "0", "0", "0", "0", "0", "1200", "1600", "-1", ""],
    ["2", "3", "1", "0", "0", "0", "10", "20", "220", "40", "-1", ""],
    ["3", "3", "1", "1", "0", "0", "10", "20", "220", "40", "-1", ""],
    ["4", "3", "1", "1", "1", "0", "10", "20", "220", "40", "-1", ""],
    ["5", "3", "1", "1", "1", "1", "10", "20", "100", "40", "90", "¿Qué es"],
    ["5", "3", "1", "1", "1", "2", "130", "20", "100", "40", "90", "ñandú?"],
    ["2", "3", "2", "0", "0", "0", "10", "20", "220", "40", "-1", ""],
    [""],
  ]);
});

it("leaves of a failed page a row alone", async () => {
  const rows = (await joined(writeTsv(pagesOf(failedPageOf(1), pageOf(2, []))))).trim().split("\n");
  expect(rows.slice(1).map((row) => row.split("\t").slice(0, 2))).toEqual([
    ["1", "1"],
    ["1", "2"],
  ]);
});
