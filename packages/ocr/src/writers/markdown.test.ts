import { expect, it } from "vitest";
import { blockOf, failedPageOf, joined, lineOf, pageOf, pagesOf, sentence } from "../fixtures/page-results.ts";
import { writeMarkdown } from "./markdown.ts";

const BODY = "La quebrada alcanzó para todas las familias de la vereda.";
const markdown = async (...pages: Parameters<typeof pagesOf>) => joined(writeMarkdown(pagesOf(...pages)));
const body = (y: number) => blockOf([sentence(BODY, y)]);

it("makes headings of lines that are higher than the page's text, by how much", async () => {
  const blocks = [
    blockOf([sentence("Informe anual", 50, { height: 40 })]),
    blockOf([sentence("Caudal de la quebrada", 150, { height: 28 })]),
    body(250),
    body(350),
    blockOf([sentence("3. Calidad", 400, { height: 25 }), sentence(BODY, 440)]),
  ];
  expect(await markdown(pageOf(1, blocks))).toBe(
    ["# Informe anual", "## Caudal de la quebrada", BODY, BODY, "### 3. Calidad", `${BODY}\n`].join("\n\n"),
  );
});

it("joins the lines of a paragraph and the halves of divided words, and parts paragraphs at a gap or a short line", async () => {
  const lines = [
    sentence("El tanque pequeño tiene una grieta en la pared nor-", 100),
    sentence("te y se vacía.", 125),
    sentence("La obra, por el camino Medellín-", 150),
    sentence("Envigado, sigue adelante con la ayuda de todos ellos", 175),
    sentence("y de todas ellas en la caseta comunal de la vereda", 240),
  ];
  expect(await markdown(pageOf(1, [blockOf(lines)]))).toBe(
    [
      "El tanque pequeño tiene una grieta en la pared norte y se vacía.",
      "La obra, por el camino Medellín- Envigado, sigue adelante con la ayuda de todos ellos",
      "y de todas ellas en la caseta comunal de la vereda\n",
    ].join("\n\n"),
  );
});

it("makes lists of lines that begin with a bullet or a number", async () => {
  const lines = [
    sentence("• una pala y un azadón para abrir la zanja que lleva", 100),
    sentence("el agua", 125),
    sentence("– dos guaduas", 150),
    sentence("3) tres yarumos", 175),
  ];
  expect(await markdown(pageOf(1, [blockOf(lines), body(300)]))).toBe(
    [
      "- una pala y un azadón para abrir la zanja que lleva el agua",
      "- dos guaduas",
      "3. tres yarumos",
      "",
      `${BODY}\n`,
    ].join("\n"),
  );
});

it("makes tables of lines whose words stand in the same columns, also over blocks, with cells that are empty", async () => {
  const rows = [
    blockOf([
      lineOf(100, 20, [
        ["Mes", 100, 140],
        ["Lluvia", 300, 360],
        ["Días", 500, 540],
      ]),
    ]),
    blockOf([
      lineOf(140, 20, [
        ["Enero|", 100, 160],
        ["74", 320, 340],
        ["9", 515, 525],
      ]),
      lineOf(170, 20, [
        ["Total", 100, 150],
        ["96", 510, 530],
      ]),
    ]),
  ];
  expect(await markdown(pageOf(1, [...rows, body(300)]))).toBe(
    [
      "| Mes | Lluvia | Días |",
      "| --- | --- | --- |",
      String.raw`| Enero\| | 74 | 9 |`,
      "| Total |  | 96 |",
      "",
      `${BODY}\n`,
    ].join("\n"),
  );
});

it("does not take two lines side by side for a table", async () => {
  const sides = [0, 30].map((offset) =>
    lineOf(100 + offset, 20, [
      ["Señora", 100, 160],
      ["Medellín", 600, 680],
    ]),
  );
  expect(await markdown(pageOf(1, [blockOf(sides)]))).toBe("Señora Medellín Señora Medellín\n");
});

it("escapes what would be taken for markup", async () => {
  const lines = ["# 5 * 3 < 20_000 [sic]", "+ más", "2023. Fue un año", "-1 grado"].map((text, index) =>
    blockOf([sentence(text, 100 + 100 * index)]),
  );
  expect(await markdown(pageOf(1, lines))).toBe(
    [
      String.raw`\# 5 \* 3 \< 20\_000 \[sic\]`,
      String.raw`\+ más`,
      String.raw`2023\. Fue un año`,
      `${String.raw`\-1 grado`}\n`,
    ].join("\n\n"),
  );
});

it("parts pages by an empty line; those without text leave nothing", async () => {
  const pages = [failedPageOf(1), pageOf(2, [body(100)]), pageOf(3, []), pageOf(4, [body(100)])];
  expect(await markdown(...pages)).toBe(`${BODY}\n\n${BODY}\n`);
  expect(await markdown(failedPageOf(1))).toBe("");
});
