import type { PageResult } from "@lectura/contracts";
import { expect, it } from "vitest";
import { failedPageOf, joined, pagesOf } from "../fixtures/page-results.ts";
import { writeHocr } from "./hocr.ts";
import { writeText } from "./text.ts";

const page = (number: number, text: string): PageResult => ({
  number,
  width: 600,
  height: 400,
  dpi: 150,
  rotation: 0,
  skew: 0,
  source: "ocr",
  languages: ["spa", "eng"],
  confidence: 91.4,
  text: `${text}\n`,
  error: null,
  blocks: [
    {
      bbox: [10, 20, 210, 60],
      kind: "text",
      confidence: 91.4,
      lines: [
        {
          bbox: [10, 20, 210, 60],
          baseline: [
            [10, 50],
            [210, 54],
          ],
          text,
          confidence: 91.4,
          words: [{ text, bbox: [10.4, 20, 209.6, 60], confidence: 91.4 }],
        },
      ],
    },
    { bbox: [0, 100, 50, 150], kind: "image", confidence: 0, lines: [] },
  ],
  attempts: [],
  timings: {},
});

it("sets form feeds between pages only, a failed page being an empty one", async () => {
  expect(await joined(writeText(pagesOf(page(1, "uno"), failedPageOf(2), page(3, "tres"))))).toBe("uno\n\f\ftres\n");
  expect(await joined(writeText(pagesOf(page(1, "uno"))))).toBe("uno\n");
});

it("writes each page as soon as it comes", async () => {
  const parts = writeHocr(pagesOf(page(1, "uno"), page(2, "dos")), {
    title: "a.pdf",
    system: "tesseract 5.3.0",
    languages: ["spa", "eng"],
  });
  await parts.next();
  expect((await parts.next()).value).toContain("uno");
  expect((await parts.next()).value).toContain("dos");
});

it("writes hOCR with the properties of each element", async () => {
  const options = { title: `"a" <b>.pdf`, system: "tesseract 5.3.0", languages: ["spa", "eng"] };
  const hocr = await joined(writeHocr(pagesOf(page(1, "5 < 6 & 'x'"), failedPageOf(2)), options));
  expect(hocr).toMatchInlineSnapshot(`
    "<!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml">
    <head>
    <title>&quot;a&quot; &lt;b&gt;.pdf</title>
    <meta charset="utf-8" />
    <meta name="ocr-system" content="tesseract 5.3.0" />
    <meta name="ocr-langs" content="es en" />
    <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocr_photo ocrp_lang ocrp_wconf" />
    </head>
    <body>
    <div class="ocr_page" id="page_1" title="image &quot;&#39;a&#39; &lt;b&gt;.pdf&quot;; bbox 0 0 600 400; ppageno 0; scan_res 150 150" lang="es">
    <div class="ocr_carea" id="block_1_1" title="bbox 10 20 210 60"><p class="ocr_par" id="par_1_1" title="bbox 10 20 210 60">
    <span class="ocr_line" id="line_1_1_1" title="bbox 10 20 210 60; baseline 0.02 -10"><span class="ocrx_word" id="word_1_1_1_1" title="bbox 10 20 210 60; x_wconf 91">5 &lt; 6 &amp; &#39;x&#39;</span></span></p></div>
    <div class="ocr_photo" id="block_1_2" title="bbox 0 100 50 150"></div>
    </div>
    <div class="ocr_page" id="page_2" title="image &quot;&#39;a&#39; &lt;b&gt;.pdf&quot;; bbox 0 0 0 0; ppageno 1; scan_res 0 0" lang="es">
    </div>
    </body>
    </html>
    "
  `);
});
