import { ProblemError } from "@lectura/contracts";
import { createNativeEngine } from "../engines/native.ts";
import { createPpocrEngine } from "../engines/ppocr/ppocr.ts";
import { createTesseractJsEngine } from "../engines/tesseract-js.ts";
import { confine } from "./confine.ts";
import { followParent } from "./follow-parent.ts";
import { ChildSettings, type Message, Request } from "./protocol.ts";
import { createServe } from "./serve.ts";

// The process in which untrusted bytes are decoded and recognised, one page at a time; pool/child.ts starts and ends it.

const say = (message: Message) => process.send?.(message);

followParent();
// More threads cost 2–3 × the CPU and gain nothing per core. OpenMP reads this when the library is loaded.
process.env["OMP_THREAD_LIMIT"] = "1";

const settings = ChildSettings.parse(JSON.parse(process.argv[2] ?? ""));
const { models } = settings;
confine(settings);

const createEngine = () =>
  settings.engine.name === "tesseract"
    ? createNativeEngine({ path: settings.engine.library, models })
    : createTesseractJsEngine({ models });

try {
  const engine = createEngine();
  const second = settings.second && createPpocrEngine(settings.second);
  const serve = createServe({ engine, second }, settings);
  const answer = async (message: unknown) => say(await serve(Request.parse(message)));
  // Not caught on purpose: what nobody expected ends this process, and the next page meets a clean one.
  process.on("message", (message) => void answer(message));
  say({ type: "ready", version: engine.version });
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  say({ type: "refused", code: error.code, detail: error.message, worn: true });
}
