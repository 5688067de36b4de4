import { deflateSync } from "node:zlib";

const WIDTH = 288;
const HEIGHT = 144;

/** What a page says unless something keeps it from saying so. */
export const LINE = "Una hoja limpia";
const TEXT = `BT /F1 18 Tf 16 100 Td (${LINE}) Tj ET`;

/** A stream object: a dictionary's entries, and bytes of any kind. */
export const stream = (entries: string, bytes: string | Buffer): Buffer => {
  const body = Buffer.from(bytes);
  return Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${body.length} >>\nstream\n`),
    body,
    Buffer.from("\nendstream"),
  ]);
};

/** The same, deflated so many times over. */
export const deflated = (bytes: string | Buffer, times = 1, entries = ""): Buffer => {
  let body = Buffer.from(bytes);
  for (let time = 0; time < times; time += 1) body = deflateSync(body, { level: 9 });
  return stream(`/Filter [${"/FlateDecode ".repeat(times)}] ${entries}`, body);
};

/** A PDF of numbered objects exactly as they are given, with a true cross-reference table. */
const pdfOf = (objects: Map<number, string | Buffer>, trailer = ""): Buffer => {
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n")];
  let at = parts[0]?.length ?? 0;
  const rows: string[] = [];
  for (const [number, body] of objects) {
    rows.push(`${number} 1\n${String(at).padStart(10, "0")} 00000 n \n`);
    const part = Buffer.concat([Buffer.from(`${number} 0 obj\n`), Buffer.from(body), Buffer.from("\nendobj\n")]);
    parts.push(part);
    at += part.length;
  }
  const size = Math.max(...objects.keys()) + 1;
  const end = `trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(`xref\n0 1\n0000000000 65535 f \n${rows.join("")}${end}`)]);
};

interface OddPage {
  /** Entries of the catalogue, of the page and of its resources, besides those that make it a page. */
  catalogue?: string;
  page?: string;
  resources?: string;
  /** What is drawn after the line of text; or a whole stream in place of it. */
  draw?: string;
  content?: Buffer;
  box?: string;
  /** Further objects, from number 10, or others in place of 1 (catalogue), 2 (pages), 3 (page), 4 (content) and 5 (font). */
  objects?: Record<number, string | Buffer>;
  trailer?: string;
}

/** A PDF of one page with a line of text, and whatever is odd about it. */
export const oddPdf = (odd: OddPage = {}): Buffer => {
  const { catalogue = "", page = "", resources = "", draw = "", box = `[0 0 ${WIDTH} ${HEIGHT}]` } = odd;
  const usual: Record<number, string | Buffer> = {
    1: `<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`,
    2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: `<< /Type /Page /Parent 2 0 R /MediaBox ${box} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> ${page} >>`,
    4: odd.content ?? stream("", `${TEXT}\n${draw}`),
    5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  };
  const objects = Object.entries({ ...usual, ...odd.objects });
  return pdfOf(new Map(objects.map(([number, body]) => [Number(number), body])), odd.trailer);
};
