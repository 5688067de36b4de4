import { readFile } from "node:fs/promises";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { findPpocrModels } from "../../models/ppocr-models.ts";
import { readCharacters } from "./characters.ts";
import { keepClasses } from "./keep-classes.ts";
import { run } from "./tensors.ts";

const { LECTURA_PPOCR: folder } = process.env;

describe.skipIf(!folder)("a recogniser of fewer classes (not run without LECTURA_PPOCR)", () => {
  it("finds them as likely, compared with each other, as the whole one does", async () => {
    const models = await findPpocrModels(folder ?? "");
    if (!models) throw new Error(`${folder} lacks a model.`);
    const model = await readFile(models.recogniser);
    const known = readCharacters(model).length;
    const classes = [0, 5, 7, 4000, known - 1];
    const shape = [1, 3, 48, 64];
    const noise = Float32Array.from({ length: 3 * 48 * 64 }, (_, index) => Math.sin(index * index));
    const probabilities = async (bytes: Buffer): Promise<number[]> => {
      const { values } = await run(await InferenceSession.create(bytes), new Tensor("float32", noise, shape));
      return [...values];
    };

    const whole = await probabilities(model);
    const few = await probabilities(keepClasses(model, known, classes));
    const steps = whole.length / known;
    const expected = Array.from({ length: steps }, (_, step) => {
      const kept = classes.map((index) => whole[step * known + index] ?? Number.NaN);
      const sum = kept.reduce((all, value) => all + value, 0);
      return kept.map((value) => value / sum);
    }).flat();
    expect(few).toHaveLength(steps * classes.length);
    for (const [index, value] of few.entries()) expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 3);
  });
});
