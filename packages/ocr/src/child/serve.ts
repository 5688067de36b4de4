import { ProblemError } from "@lectura/contracts";
import type { Engine } from "../engines/engine.ts";
import { recognizePage } from "../page/recognize-page.ts";
import { createSourceOpener } from "../sources/open-source.ts";
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

  const work = async (request: Request): Promise<Message> => {
    const source = await open(request.path, request.password);
    if (request.task === "inspect") {
      const { mediaType, pages } = source;
      return { type: "inspected", inspection: { mediaType, pages }, worn: wear.isWorn() };
    }
    if (request.page > source.pages) {
      throw new ProblemError(
        "undecodable-file",
        `Page ${request.page} was asked for, but the file has ${source.pages}.`,
      );
    }
    const result = await recognizePage(source, { ...request, installed }, { ...engines, budget });
    wear.countPage();
    return { type: "recognized", result, worn: wear.isWorn() };
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
