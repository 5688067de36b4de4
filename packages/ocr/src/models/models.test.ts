import { access, mkdtempDisposable, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findModels, type InstalledModel } from "./find-models.ts";
import { inModelFolder } from "./model-folder.ts";
import { modelKind } from "./model-kind.ts";
import { readModel } from "./read-model.ts";

const packaged = fileURLToPath(import.meta.resolve("@tesseract.js-data/spa/4.0.0_best_int/spa.traineddata.gz"));
const { LECTURA_TESSDATA: tessdata } = process.env;

describe("the kind of a model", () => {
  it("is best_int for the models of the npm packages", async () => {
    expect(modelKind(await readModel(packaged))).toBe("best_int");
  });

  it("is best when its weights are floating point numbers", async () => {
    const model = Buffer.from(await readModel(packaged));
    const [start, end] = [17, 18].map((index) => Number(model.readBigInt64LE(4 + 8 * index)));
    expect(start).toBeGreaterThan(0);
    // The flags that end the LSTM component, without the one for integer weights.
    model.writeInt32LE(64, (end ?? 0) - 28);
    expect(modelKind(model)).toBe("best");
  });

  it.skipIf(!tessdata)("is fast for Debian's (not run without LECTURA_TESSDATA)", async () => {
    expect(modelKind(await readModel(join(tessdata ?? "", "spa.traineddata")))).toBe("fast");
  });

  it.skipIf(!tessdata)("is none for orientation detection (not run without LECTURA_TESSDATA)", async () => {
    expect(modelKind(await readModel(join(tessdata ?? "", "osd.traineddata")))).toBeUndefined();
  });
});

describe("finding models", () => {
  it("prefers the given folder and completes it from npm", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-tessdata-"));
    await writeFile(join(folder.path, "spa_old.traineddata"), await readModel(packaged));
    await symlink(packaged, join(folder.path, "spa.traineddata.gz"));
    const models = await findModels(folder.path);
    expect(models.map(({ language }) => language)).toEqual(["eng", "spa", "spa_old"]);
    const [, spa, old] = models;
    expect(spa?.path).toBe(join(folder.path, "spa.traineddata.gz"));
    // The digest is that of the model, not of its compressed form.
    expect(spa?.sha256).toBe(old?.sha256);
  });
});

describe("a folder of models", () => {
  it("is the one that has them all, as they are", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "lectura-tessdata-"));
    const models = ["spa", "eng"].map((language): InstalledModel => {
      const path = join(folder.path, `${language}.traineddata`);
      return { language, kind: "fast", sha256: "", path };
    });
    await inModelFolder(models, ["spa", "eng"], async (path) => expect(path).toBe(folder.path));
  });

  it("is put together from packages, and gone afterwards", async () => {
    const models = await findModels();
    const gathered = await inModelFolder(
      models.map((model) => (model.language === "spa" ? { ...model, path: packaged } : model)),
      ["spa", "eng"],
      async (path) => {
        expect((await readdir(path)).toSorted()).toEqual(["eng.traineddata", "spa.traineddata"]);
        expect(await readFile(join(path, "spa.traineddata"))).toEqual(await readModel(packaged));
        return path;
      },
    );
    await expect(access(gathered)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
