import type { Reaction } from "./reaction.ts";

const BOUNDARY = "lectura-hostile";
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

const MALFORMED = "400 malformed-request";
const END = Buffer.from(`--${BOUNDARY}--\r\n`);

const part = (disposition: string, body: string | Buffer, more = ""): Buffer =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: ${disposition}\r\n${more}\r\n`),
    Buffer.from(body),
    Buffer.from("\r\n"),
  ]);
const field = (name: string, value: string, more = ""): Buffer => part(`form-data; name="${name}"`, value, more);
const times = (count: number, each: Buffer): Buffer => Buffer.concat(Array<Buffer>(count).fill(each));
const named = (filename: string) => ({ input: { filename } });

const form = (
  what: string,
  answer: string,
  parts: (string | Buffer)[],
  type = TYPE,
  shows?: Reaction["shows"],
): Reaction => ({
  what: `a form ${what}`,
  method: "POST",
  path: "/v1/documents",
  headers: { "content-type": type },
  body: new Uint8Array(Buffer.concat(parts.map((each) => Buffer.from(each)))),
  answer,
  ...(shows && { shows }),
});

/** Forms whose framing lies; `file` is a document that is read without them. */
export const hostileForms = (file: Buffer): Reaction[] => {
  const fileNamed = (name: string, more = ""): Buffer => part(`form-data; name="file"; filename="${name}"`, file, more);
  const whole = fileNamed("a.jpg");

  return [
    form("as it should be", "202", [whole, END], TYPE, named("a.jpg")),
    form("without a boundary", MALFORMED, [whole, END], "multipart/form-data"),
    form("with an empty boundary", MALFORMED, [whole, END], "multipart/form-data; boundary="),
    form("whose boundary is never met", MALFORMED, [whole, END], "multipart/form-data; boundary=other"),
    form(
      "whose boundary has 10,000 letters",
      MALFORMED,
      [whole, END],
      `multipart/form-data; boundary=${"x".repeat(10_000)}`,
    ),
    form("with something after its boundary", MALFORMED, [whole, END], `${TYPE}, application/json`),
    form("without an end", MALFORMED, [whole]),
    form("that ends in a part's head", MALFORMED, [`--${BOUNDARY}\r\nContent-Disposition: form-data; na`]),
    form("without a part", MALFORMED, [END]),
    form("without a byte", MALFORMED, [""]),
    form("without a file", MALFORMED, [field("pages", "1"), END]),
    form("with two files", MALFORMED, [whole, whole, END]),
    form("whose file comes after its end", MALFORMED, [END, whole]),
    form("whose file is a text", MALFORMED, [field("file", "abc"), END]),
    form("whose file has no name", MALFORMED, [part('form-data; filename="a.jpg"', file), END]),
    form("whose file is called something else", "400 unknown-field", [
      part('form-data; name="scan"; filename="a.jpg"', file),
      END,
    ]),
    form("whose file has two names", "400 unknown-field", [
      part('form-data; name="file"; name="pages"; filename="a.jpg"', file),
      END,
    ]),
    form("in a form", MALFORMED, [
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=inner\r\n\r\n`,
      '--inner\r\nContent-Disposition: file; filename="a.jpg"\r\n\r\n',
      file,
      "\r\n--inner--\r\n",
      END,
    ]),
    form("with bare line feeds", MALFORMED, [whole.toString("latin1").replaceAll("\r\n", "\n"), END]),
    form("of five thousand fields", MALFORMED, [times(5000, field("pages", "1")), whole, END]),
    form("of five thousand parts without anything", MALFORMED, [
      times(5000, Buffer.from(`--${BOUNDARY}\r\n\r\n\r\n`)),
      whole,
      END,
    ]),
    form("with a part of three thousand headers", "202", [fileNamed("a.jpg", "X-A: a\r\n".repeat(3000)), END]),
    form("with a header of 100 KB", "202", [fileNamed("a.jpg", `X-A: ${"a".repeat(100_000)}\r\n`), END]),
    form("with a value of a megabyte", "422 invalid-option", [field("reference", "a".repeat(1_000_000)), whole, END]),
    form("with a name of 10 KB", "400 unknown-field", [field("a".repeat(10_000), "1"), whole, END]),
    form("that says an option twice", "422 invalid-option", [field("pages", "1"), whole, field("pages", "2"), END]),
    form("with a field called __proto__", MALFORMED, [field("__proto__", "1"), whole, END]),
    form("with a field called constructor", MALFORMED, [field("constructor", "1"), whole, END]),
    form("with JSON for a value", "422 invalid-option", [
      field("pages", '{"a":1}', "Content-Type: application/json\r\n"),
      whole,
      END,
    ]),
    form("with brackets for a value", MALFORMED, [
      field("pages", "[".repeat(9000), "Content-Type: application/json\r\n"),
      whole,
      END,
    ]),
    form("with a value in no encoding", "202", [
      field("reference", "a", "Content-Type: text/plain; charset=utf-7\r\n"),
      whole,
      END,
    ]),
    form("with 10 KB of something before it", "202", ["junk\r\n".repeat(1700), whole, END]),
    form("with something after it", "202", [whole, END, "junk".repeat(1000)]),
    form("whose file says it is a program", "202", [
      fileNamed("a.jpg", "Content-Type: application/x-msdownload\r\n"),
      END,
    ]),
    form("whose file says it is base64", "202", [fileNamed("a.jpg", "Content-Transfer-Encoding: base64\r\n"), END]),
    form("of another kind", "415 unsupported-media-type", [whole, END], `multipart/mixed; boundary=${BOUNDARY}`),
    form("that calls itself JSON", "413 file-too-large", [whole, END], "application/json"),
    form("whose file's name begins a header", "202", [fileNamed("a\r\nX-Evil: 1"), END], TYPE, named("a")),
    form("whose file's name has a zero", "202", [fileNamed("a\0b.jpg"), END], TYPE, named("ab.jpg")),
    form(
      "whose file's name is in another encoding",
      "202",
      [part(`form-data; name="file"; filename*=utf-16''%00a`, file), END],
      TYPE,
      named("a"),
    ),
    form("whose file's name is encoded badly", "202", [
      part(`form-data; name="file"; filename="a.jpg"; filename*=UTF-8''%ff%zz`, file),
      END,
    ]),
  ];
};
