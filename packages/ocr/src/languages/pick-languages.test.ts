import { describe, expect, it } from "vitest";
import type { GreyImage, ReadBlock } from "../engines/engine.ts";
import { drawLines } from "../fixtures/images.ts";
import { guessLanguages } from "./guess-languages.ts";
import { pickByImage, pickByText } from "./pick-languages.ts";
import { textBand } from "./text-band.ts";

const SPANISH = "Todos los seres humanos nacen libres e iguales en dignidad y derechos";
const ENGLISH = "All human beings are born free and equal in dignity and rights";
const RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах";
const INSTALLED = ["deu", "eng", "rus", "spa", "ukr"];

describe("the language of a text", () => {
  it.each([
    [SPANISH, "spa"],
    [ENGLISH, "eng"],
    [RUSSIAN, "rus"],
  ])("%s", (text, language) => {
    expect(guessLanguages(text, INSTALLED)[0]).toBe(language);
  });

  it("is one of those installed, by Tesseract's name", () => {
    expect(guessLanguages("人人生而自由在尊严和权利上一律平等他们赋有理性和良心", ["chi_sim", "eng"])).toEqual([
      "chi_sim",
    ]);
  });

  it("are several where the text does not tell them apart", () => {
    expect(guessLanguages("TOTAL 48.750 / 12.300", ["eng", "spa"]).toSorted()).toEqual(["eng", "spa"]);
  });
});

describe("auto for a text layer", () => {
  it("is what its words look like, and says so", () => {
    const picked = pickByText(["auto"], INSTALLED, SPANISH);
    expect(picked).toEqual({ languages: ["spa"], note: " Its words look like spa." });
  });

  it("leaves what was asked for by name as it is", () => {
    expect(pickByText(["eng"], INSTALLED, SPANISH)).toEqual({ languages: ["eng"], note: "" });
  });
});

const page: GreyImage = { data: Buffer.alloc(400 * 300, 255), width: 400, height: 300, dpi: 100 };
const read = (text: string, confidence: number): ReadBlock[] => [
  {
    kind: "text",
    bbox: [0, 0, 9, 9],
    lines: [
      {
        bbox: [0, 0, 9, 9],
        baseline: [
          [0, 9],
          [9, 9],
        ],
        words: text.split(" ").map((word) => ({ text: word, bbox: [0, 0, 9, 9], confidence })),
      },
    ],
  },
];
/** Models of other scripts see likenesses of what stands there, and are not sure of them. */
const russianPage = async (_: GreyImage, [language = ""]: string[]) =>
  language === "rus" ? read(RUSSIAN, 90) : read("Bce noqu poxqatotca cBo6oqHbimn n paBHbImu", 40);

const readsNothing = async () => [];
const mustNotRead = () => Promise.reject(new Error("it has read"));

describe("auto for an image", () => {
  it("is the script whose model is most certain, and in it the language of what that has read", async () => {
    expect(await pickByImage(["auto"], INSTALLED, page, russianPage)).toEqual({
      languages: ["rus"],
      note: " A first pass looked Cyrillic and like rus.",
    });
  });

  it("is one model of the likeliest script where nothing is to be read", async () => {
    expect(await pickByImage(["auto"], INSTALLED, page, readsNothing)).toEqual({
      languages: ["eng"],
      note: " A first pass did not tell the language.",
    });
  });

  it("reads nothing where the languages are given", async () => {
    expect(await pickByImage(["spa", "eng"], INSTALLED, page, mustNotRead)).toEqual({
      languages: ["spa", "eng"],
      note: "",
    });
  });
});

const ink = (bytes: Buffer): number => bytes.reduce((sum, value) => sum + (value < 128 ? 1 : 0), 0);

describe("the band that is read first", () => {
  it("is where the text is", async () => {
    const { data, width, height, dpi } = await drawLines(["Una linea de texto", "y otra linea"]);
    const paper = Buffer.alloc(width * 2400, 255);
    const band = await textBand({ data: Buffer.concat([paper, data, paper]), width, height: height + 4800, dpi });
    expect([band.width, band.height]).toEqual([width, 600]);
    expect(ink(band.data)).toBe(ink(data));
  });

  it("is the whole page when that is no higher", async () => {
    const page = await drawLines(["Una linea"]);
    expect((await textBand(page)).data.equals(page.data)).toBe(true);
  });
});
