import type { PageResult } from "@lectura/contracts";

/** The text of a document, page by page: a form feed stands between pages only, so a failed page is an empty one. */
export async function* writeText(pages: AsyncIterable<PageResult>): AsyncGenerator<string> {
  let separator = "";
  for await (const { text } of pages) {
    yield separator + text;
    separator = "\f";
  }
}
