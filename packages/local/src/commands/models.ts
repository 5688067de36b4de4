import { ExplainedError } from "../explained-error.ts";
import { toolsDir } from "../platform/home.ts";
import { providePpocr } from "../provide/ppocr.ts";
import type { Command } from "./command.ts";

export const models: Command = {
  usage: "models add ppocr",
  does: "downloads the second OCR engine's models; the next start uses them",
  run: async ([verb, name], { env, stdout }) => {
    if (verb !== "add" || name !== "ppocr") throw new ExplainedError("Known is: lectura models add ppocr");
    stdout.write(`PP-OCRv6 is in ${await providePpocr({ toolsDir, env })}.\n`);
    return 0;
  },
};
