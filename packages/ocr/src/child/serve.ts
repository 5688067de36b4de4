import { type PageResult, ProblemError } from "@lectura/contracts";
import type { Engine } from "../engines/engine.ts";
import { type PageTask, recognizePage } from "../page/recognize-page.ts";
import { createSourceOpener } from "../sources/open-source.ts";
import type { Source } from "../sources/source.ts";
import { writePageImage } from "../writers/page-image.ts";
import { createPdfWriter } from "../writers/pdf/write-pdf.ts";
import type { ChildSettings, Message, Request } from "./protocol.ts";
import { createWear } from "./wear.ts";

/** Does what a request asks. Only expected refusals become an answer; anything else is thrown and ends the child. */
export const createServe = (
  { engine, second }: { engine: Engine; second: Engine | undefined },
  { pagePixels, renewal, budget, models }: Pick<ChildSettings, "pagePixels" | "renewal" | "budget" | "models">,
) => {
  const installed = models.map(({ language }) => language);
  const open = createSourceOpener({ pagePixels });
  const wear = createWear(renewal);
  const watch = (watched: Engine): Engine => ({
    ...watched,
    load: (languages) => wear.loading(() => watched.load(languages)),
  });
  const engines = { engine: watch(engine), second: second && watch(second) };
  const writePdf = createPdfWriter();

  const recognise = async (source: Source, task: Omit<PageTask, "installed">): Promise<PageResult> => {
    if (task.page > source.pages) {
      throw new ProblemError("undecodable-file", `Page ${task.page} was asked for, but the file has ${source.pages}.`);
    }
    const result = await recognizePage(source, { ...task, installed }, { ...engines, budget });
    wear.countPage();
    return result;
  };

  const work = async (request: Request): Promise<Message> => {
    const source = await open(request.path, request.password);
    switch (request.task) {
      case "inspect": {
        const { mediaType, pages } = source;
        return { type: "inspected", inspection: { mediaType, pages }, worn: wear.isWorn() };
      }
      case "recognize":
        return { type: "recognized", result: await recognise(source, request), worn: wear.isWorn() };
      case "write-pdf":
        await writePdf(source, request);
        return { type: "written", worn: wear.isWorn() };
      case "write-image":
        await writePageImage(source, request);
        return { type: "written", worn: wear.isWorn() };
    }
  };

  return async (request: Request): Promise<Message> => {
    try {
      return await work(request);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, message: detail, cause } = error;
      return {
        type: "refused",
        code,
        detail,
        ...(cause instanceof Error && { cause: cause.message }),
        worn: wear.isWorn(),
      };
    }
  };
};
