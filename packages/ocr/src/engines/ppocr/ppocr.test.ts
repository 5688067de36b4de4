import { execFile } from "node:child_process";
import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findPpocrModels } from "../../models/ppocr-models.ts";
import { testEngine } from "../engine-contract.ts";
import { createPpocrEngine } from "./ppocr.ts";

const { LECTURA_PPOCR: folder } = process.env;

describe.skipIf(!folder)("PP-OCRv6 (not run without LECTURA_PPOCR)", () => {
  testEngine("with the models of a folder", async () => {
    const models = await findPpocrModels(folder ?? "");
    if (!models) throw new Error(`${folder} lacks a model.`);
    return createPpocrEngine(models);
  });

  it("tells nobody that it is used, and leaves no id of the machine behind", async () => {
    await using home = await mkdtempDisposable(join(tmpdir(), "lectura-home-"));
    const engine = JSON.stringify(new URL("ppocr.ts", import.meta.url).href);
    const models = JSON.stringify(await findPpocrModels(folder ?? ""));
    const program = `import { createPpocrEngine } from ${engine}; await createPpocrEngine(${models}).load(["spa"]);`;
    // On a CI machine it would keep silent by itself.
    const { CI: _, ORT_DISABLE_TELEMETRY: __, ...env } = process.env;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      env: { ...env, HOME: home.path, XDG_CACHE_HOME: "" },
    });
    expect(await readdir(home.path)).toEqual([]);
  });
});
