import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DocumentId,
  DocumentOptions,
  DocumentStatus,
  isFinal,
  ResultFormat,
  resultFormats,
  TenantId,
} from "./document.ts";

const issuesOf = (options: unknown) =>
  DocumentOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join("/")}: ${message}`);

describe("document options", () => {
  test("have their defaults filled in", () => {
    expect(DocumentOptions.parse({})).toEqual({
      languages: ["spa", "eng"],
      pages: null,
      text_layer: "auto",
      password: null,
      outputs: [],
      preprocess: "auto",
      ttl: 86_400,
      reference: null,
      priority: "interactive",
      callback_url: null,
    });
  });

  test.each([
    ["spa", ["spa"]],
    ["auto", ["auto"]],
    ["eng+spa", ["eng", "spa"]],
    [
      ["chi_sim", "eng"],
      ["chi_sim", "eng"],
    ],
    ["spa+eng+spa", ["spa", "eng"]],
    [["eng", "eng"], ["eng"]],
  ])("languages may be %j: always a list afterwards, in the caller's order, each once", (given, languages) => {
    expect(DocumentOptions.parse({ languages: given }).languages).toEqual(languages);
  });

  test.each([
    ["pdf,hocr", ["pdf", "hocr"]],
    [
      ["tsv", "tsv", "alto"],
      ["tsv", "alto"],
    ],
  ])("outputs may be %j: always a list afterwards, each once", (given, outputs) => {
    expect(DocumentOptions.parse({ outputs: given }).outputs).toEqual(outputs);
  });

  test.each(["", "docx", "json", "pdf+hocr", ["pdf", 1]])("outputs %j are refused", (outputs) => {
    expect(issuesOf({ outputs })).toHaveLength(1);
  });

  test.each(["", "+", "spa+", "spa,eng", "../spa", "a", "spa eng", "1spa", "x".repeat(32)])(
    "languages %j are no traineddata names",
    (languages) => {
      expect(issuesOf({ languages })).toContainEqual(
        expect.stringMatching(/^languages\/\d: must be traineddata names, such as spa\+eng$/),
      );
    },
  );

  test("auto stands alone", () => {
    expect(issuesOf({ languages: "auto+spa" })).toEqual(["languages: auto stands alone"]);
  });

  test("at least one language is needed, and more than eight are refused", () => {
    expect(issuesOf({ languages: [] })).toHaveLength(1);
    expect(issuesOf({ languages: "abcdefghi".split("").map((letter) => `l${letter}`) })).toHaveLength(1);
    expect(issuesOf({ languages: "abcdefgh".split("").map((letter) => `l${letter}`) })).toBeUndefined();
  });

  test("languages of a wrong type are refused with an example", () => {
    expect(issuesOf({ languages: 7 })).toEqual(["languages: must be traineddata names, such as spa+eng"]);
  });

  test("a name that is not an option is told apart from a wrong value", () => {
    const unknown = DocumentOptions.safeParse({ language: "spa", pages: "1" }).error?.issues;
    expect(unknown).toEqual([expect.objectContaining({ code: "unrecognized_keys", keys: ["language"] })]);
  });

  test("every wrong value is named, not only the first", () => {
    const issues = issuesOf({ pages: "x", ttl: "P1W", text_layer: "maybe", reference: "r".repeat(201) });
    expect(issues?.map((issue) => issue.split(":")[0]).toSorted()).toEqual(["pages", "reference", "text_layer", "ttl"]);
  });

  test("pages and reference may be null in JSON", () => {
    expect(DocumentOptions.parse({ pages: null, reference: null })).toEqual(DocumentOptions.parse({}));
  });
});

test("ids are recognised by their form alone", () => {
  const id = `doc_${"0a".repeat(16)}`;
  expect(DocumentId.safeParse(id).success).toBe(true);
  for (const wrong of [id.toUpperCase(), `${id}0`, id.slice(0, -1), `${id}\n`, "doc_", `../${id}`])
    expect(DocumentId.safeParse(wrong).success).toBe(false);
  expect(TenantId.safeParse("ten_a1").success).toBe(true);
  for (const wrong of ["ten_", "ten_A", "ten_a/b", "ten_a:b", `ten_${"a".repeat(41)}`])
    expect(TenantId.safeParse(wrong).success).toBe(false);
});

test("a document is final in every status but queued and processing", () => {
  expect(DocumentStatus.options.filter((status) => !isFinal(status))).toEqual(["queued", "processing"]);
});

test("every result format has the media type it is served as", () => {
  expect(Object.keys(resultFormats)).toEqual(ResultFormat.options);
});

describe("whatever a client sends", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z_]{1,30}$/).filter((each) => each !== "auto");

  test("languages are one to eight names of files, each once, or refused", () => {
    const languages = fc.oneof(
      fc.string(),
      fc.array(fc.string()),
      fc.stringMatching(/^[a-z_+./]{0,40}$/),
      fc.anything(),
    );
    fc.assert(
      fc.property(languages, (given) => {
        const { data } = DocumentOptions.safeParse({ languages: given });
        const parsed = data?.languages ?? ["spa"];
        expect(parsed.length).toBeGreaterThanOrEqual(1);
        expect(parsed.length).toBeLessThanOrEqual(8);
        expect(new Set(parsed).size).toBe(parsed.length);
        for (const each of parsed) expect(each).toMatch(/^[A-Za-z][A-Za-z_]{1,30}$/);
      }),
    );
  });

  test("languages mean the same behind plus signs and in a list", () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (names) => {
        const { languages } = DocumentOptions.parse({ languages: names });
        expect(languages).toEqual([...new Set(names)]);
        expect(DocumentOptions.parse({ languages: names.join("+") }).languages).toEqual(languages);
      }),
    );
  });

  test("what was parsed once is parsed to itself", () => {
    const options = fc.record(
      {
        languages: name,
        pages: fc.stringMatching(/^[1-9]\d{0,2}(-9\d{3})?$/),
        ttl: fc.integer({ min: 1, max: 86_400 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, (given) => {
        const parsed = DocumentOptions.parse(given);
        expect(DocumentOptions.parse(parsed)).toEqual(parsed);
      }),
    );
  });

  test("an id or a cursor is one of ours or none: nothing in it can lead elsewhere", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.stringMatching(/^doc_[0-9a-f]{30,34}$/),
      fc.stringMatching(/^doc_[./%0]{32}\n?$/),
    );
    fc.assert(
      fc.property(anything, (id) => {
        if (DocumentId.safeParse(id).success) expect(/^doc_[0-9a-f]{32}$/.exec(id)?.[0]).toBe(id);
      }),
    );
  });
});
