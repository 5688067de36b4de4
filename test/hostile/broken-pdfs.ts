import { PDFDocument } from "@cantoo/pdf-lib";
import type { HostileFile } from "./hostile-file.ts";
import { deflated, LINE, oddPdf, stream } from "./raw-pdf.ts";

const manyPages = async (pages: number): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  for (let page = 0; page < pages; page += 1) document.addPage([20, 20]);
  return document.save();
};

const form = (entries: string, content: string) =>
  stream(`/Type /XObject /Subtype /Form /BBox [0 0 288 144] ${entries}`, content);
const MB = 1_000_000;

/** PDFs that are broken on purpose, or promise more than anybody can hold. */
export const brokenPdfs: HostileFile[] = [
  { what: "a head and nothing else", bytes: () => Buffer.from("%PDF-1.7\n"), ends: "failed undecodable-file" },
  { what: "half of it", bytes: () => oddPdf().subarray(0, 300), ends: "failed undecodable-file" },
  { what: "without its end", bytes: () => oddPdf().subarray(0, -60), ends: "failed undecodable-file" },
  {
    what: "a megabyte of noise after its end",
    bytes: () => Buffer.concat([oddPdf(), Buffer.alloc(MB, 0xa5)]),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "no pages",
    bytes: () => oddPdf({ objects: { 2: "<< /Type /Pages /Kids [] /Count 0 >>" } }),
    ends: "failed undecodable-file",
  },
  {
    what: "pages that contain themselves",
    bytes: () => oddPdf({ objects: { 2: "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>" } }),
    ends: "partial undecodable-file",
  },
  {
    what: "a million pages that are not there",
    bytes: () => oddPdf({ objects: { 2: "<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>" } }),
    ends: "failed too-many-pages",
  },
  {
    what: "less than no pages",
    bytes: () => oddPdf({ objects: { 2: "<< /Type /Pages /Kids [3 0 R] /Count -5 >>" } }),
    ends: "succeeded",
    says: LINE,
  },
  { what: "more pages than may be", bytes: async () => manyPages(2001), ends: "failed too-many-pages" },
  {
    what: "pages ten thousand deep",
    bytes: () => {
      const objects: Record<number, string> = { 2: "<< /Type /Pages /Kids [10 0 R] /Count 1 >>" };
      for (let at = 10; at < 10_010; at += 1)
        objects[at] = `<< /Type /Pages /Kids [${at === 10_009 ? 3 : at + 1} 0 R] /Count 1 >>`;
      return oddPdf({ objects });
    },
    ends: "failed undecodable-file",
  },
  {
    what: "a table that names itself as the one before",
    bytes: () => {
      const pdf = oddPdf({ trailer: "/Prev 0000000000" }).toString("latin1");
      const at = pdf.lastIndexOf("xref\n0 1");
      return Buffer.from(pdf.replace("/Prev 0000000000", `/Prev ${String(at).padStart(10, "0")}`), "latin1");
    },
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a table that points beyond the end",
    bytes: () =>
      Buffer.from(
        oddPdf()
          .toString("latin1")
          .replace(/startxref\n\d+/, "startxref\n99999999999"),
        "latin1",
      ),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a catalogue that is a page",
    bytes: () => oddPdf({ objects: { 1: "3 0 R" } }),
    ends: "failed undecodable-file",
  },
  { what: "an object that is itself", bytes: () => oddPdf({ objects: { 4: "4 0 R" } }), ends: "succeeded" },
  {
    what: "a content that unfolds to 100 MB",
    bytes: () => oddPdf({ content: deflated(Buffer.alloc(100 * MB, " "), 1) }),
    ends: "succeeded",
  },
  {
    what: "a content that unfolds three times",
    bytes: () => oddPdf({ content: deflated(Buffer.alloc(100 * MB, " "), 3) }),
    ends: "succeeded",
  },
  {
    what: "a content that saves its state a million times",
    bytes: () => oddPdf({ draw: "q ".repeat(MB) }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a content of a hundred thousand brackets",
    bytes: () => oddPdf({ draw: `${"[".repeat(100_000)} TJ` }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "dictionaries a hundred thousand deep",
    bytes: () => oddPdf({ page: `/Odd ${"<< /A ".repeat(100_000)}` }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "arrays a hundred thousand deep",
    bytes: () => oddPdf({ page: `/Odd ${"[".repeat(100_000)}` }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a form that draws itself",
    bytes: () =>
      oddPdf({
        resources: "/XObject << /X 10 0 R >>",
        draw: "/X Do",
        objects: { 10: form("/Resources << /XObject << /X 10 0 R >> >>", "/X Do /X Do") },
      }),
    ends: ["failed out-of-memory", "failed page-timeout"],
  },
  {
    what: "forms that draw a billion others",
    bytes: () => {
      const objects: Record<number, Buffer> = {};
      for (let at = 10; at < 20; at += 1)
        objects[at] = form(
          at === 19 ? "" : `/Resources << /XObject << /X ${at + 1} 0 R >> >>`,
          at === 19 ? "0 0 1 1 re f" : "/X Do ".repeat(10),
        );
      return oddPdf({ resources: "/XObject << /X 10 0 R >>", draw: "/X Do", objects });
    },
    ends: ["failed out-of-memory", "failed page-timeout"],
  },
  {
    what: "a pattern of tiny steps",
    bytes: () =>
      oddPdf({
        resources: "/Pattern << /P 10 0 R >>",
        draw: "/Pattern cs /P scn 0 0 288 144 re f",
        objects: {
          10: stream(
            "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.00001 /YStep 0.00001 /Resources << >>",
            "0 0 1 1 re f",
          ),
        },
      }),
    ends: "failed page-timeout",
  },
  {
    what: "a pattern that paints with itself",
    bytes: () =>
      oddPdf({
        resources: "/Pattern << /P 10 0 R >>",
        draw: "/Pattern cs /P scn 0 0 288 144 re f",
        objects: {
          10: stream(
            "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << /Pattern << /P 10 0 R >> >>",
            "/Pattern cs /P scn 0 0 9 9 re f",
          ),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "letters drawn by themselves (Type 3)",
    bytes: () =>
      oddPdf({
        draw: "BT /F2 20 Tf 16 40 Td (aaa) Tj ET",
        resources: "",
        objects: {
          3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 144] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 10 0 R >> >> >>",
          10: "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 11 0 R >> /Encoding << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [1] /Resources << /Font << /F2 10 0 R >> >> >>",
          11: stream("", "BT /F2 1 Tf (a) Tj ET"),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a mask that is its own mask",
    bytes: () =>
      oddPdf({
        resources: "/ExtGState << /G 10 0 R >>",
        draw: "/G gs 0 0 99 99 re f",
        objects: {
          10: "<< /SMask << /S /Alpha /G 11 0 R >> >>",
          11: form("/Group << /S /Transparency >> /Resources << /ExtGState << /G 10 0 R >> >>", "/G gs 0 0 99 99 re f"),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a page as wide as a country",
    bytes: () => oddPdf({ box: "[0 0 1000000000 1000000000]" }),
    ends: "failed too-many-pixels",
  },
  { what: "a page turned inside out", bytes: () => oddPdf({ box: "[288 144 0 0]" }), ends: "succeeded", says: LINE },
  { what: "a page without extent", bytes: () => oddPdf({ box: "[0 0 0 0]" }), ends: "succeeded", says: LINE },
  { what: "a page of no numbers", bytes: () => oddPdf({ box: "[nan inf /a (b)]" }), ends: "succeeded", says: LINE },
  { what: "a unit of a million", bytes: () => oddPdf({ page: "/UserUnit 1000000" }), ends: "succeeded", says: LINE },
  { what: "a rotation by 37 degrees", bytes: () => oddPdf({ page: "/Rotate 37" }), ends: "succeeded", says: LINE },
  {
    what: "a picture of four gigapixels",
    bytes: () =>
      oddPdf({
        content: stream("", "q 288 0 0 144 0 0 cm /X Do Q"),
        resources: "/XObject << /X 10 0 R >>",
        objects: {
          10: deflated(
            Buffer.alloc(MB),
            1,
            "/Type /XObject /Subtype /Image /Width 65000 /Height 65000 /BitsPerComponent 1 /ColorSpace /DeviceGray",
          ),
        },
      }),
    ends: ["failed page-timeout", "succeeded"],
  },
  {
    what: "a picture of less than nothing",
    bytes: () =>
      oddPdf({
        resources: "/XObject << /X 10 0 R >>",
        draw: "q 99 0 0 99 0 0 cm /X Do Q",
        objects: {
          10: stream(
            "/Type /XObject /Subtype /Image /Width -8 /Height -8 /BitsPerComponent 8 /ColorSpace /DeviceGray",
            "abc",
          ),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "a picture in JBIG2 that is noise",
    bytes: () =>
      oddPdf({
        resources: "/XObject << /X 10 0 R >>",
        draw: "q 99 0 0 99 0 0 cm /X Do Q",
        objects: {
          10: stream(
            "/Type /XObject /Subtype /Image /Width 800 /Height 800 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode",
            Buffer.alloc(5000, 0xa5),
          ),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "an encryption that nobody knows",
    bytes: () => oddPdf({ trailer: "/Encrypt << /Filter /Nobody /V 99 /R 99 >> /ID [<00> <00>]" }),
    ends: "failed password-protected",
  },
  {
    what: "a password that is broken",
    bytes: () =>
      oddPdf({ trailer: "/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O (a) /U (b) >> /ID [<00> <00>]" }),
    ends: "failed password-protected",
  },
  {
    what: "a function of a billion samples",
    bytes: () =>
      oddPdf({
        resources: "/Shading << /S 10 0 R >>",
        draw: "/S sh",
        objects: {
          10: "<< /ShadingType 1 /ColorSpace /DeviceGray /Function 11 0 R >>",
          11: stream("/FunctionType 0 /Domain [0 1 0 1] /Range [0 1] /Size [65535 65535] /BitsPerSample 8", "abc"),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
  {
    what: "text of controls and turned directions",
    bytes: () =>
      oddPdf({
        objects: {
          5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 10 0 R >>",
          10: stream(
            "",
            "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7e> <202e> endbfrange 1 beginbfchar <61> <0000> endbfchar endcmap",
          ),
        },
      }),
    ends: "succeeded",
    says: LINE,
  },
].map((file) => ({ ...file, what: `a PDF with ${file.what}` }));
