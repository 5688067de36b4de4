import { expect, onTestFinished, test } from "vitest";
import { createClient, sample, wordRecall } from "./fixtures/client.ts";
import { endPlatform, startPlatform } from "./fixtures/platform.ts";

test("what was accepted before an orderly stop is finished after the next start, with the same key", async () => {
  const letter = await sample("carta.png");
  const first = await startPlatform();
  onTestFinished(async () => endPlatform(first));
  const before = createClient(first);
  const accepted = await Promise.all(Array.from({ length: 8 }, async () => before.submit(letter.bytes)));
  expect(await first.stop()).toBe(0);

  const second = await startPlatform({ home: first.home });
  onTestFinished(async () => endPlatform(second));
  expect(second.apiKey).toBe(first.apiKey);
  const after = createClient(second);
  for (const { id } of accepted) {
    expect(await after.untilFinal(id)).toMatchObject({ status: "succeeded", pages: { total: 1, done: 1 } });
    expect(wordRecall(await after.text(id), letter.truth)).toBeGreaterThan(0.95);
  }
});

test("without native Tesseract the same letter is read by tesseract.js", async () => {
  const platform = await startPlatform({ env: { LECTURA_ENGINE: "tesseract.js" } });
  onTestFinished(async () => endPlatform(platform));
  const client = createClient(platform);
  const letter = await sample("carta.png");
  const { id } = await client.submit(letter.bytes);
  expect(await client.untilFinal(id)).toMatchObject({ status: "succeeded" });
  expect((await client.result(id)).provenance.engine).toBe("tesseract.js");
  expect(wordRecall(await client.text(id), letter.truth)).toBeGreaterThan(0.9);
});
