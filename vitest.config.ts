import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    pool: "forks",
    // Two cores: more processes only make OCR and timers fight.
    maxWorkers: 2,
    // What is waited for comes, or never does: on a busy machine a second says nothing.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: [
            "{packages,services,scripts,bench}/**/*.test.ts",
            "test/{manifests,observability,outputs}/*.test.ts",
          ],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: "corpus", include: ["test/corpus/*.test.ts"], hookTimeout: 300_000, fileParallelism: false },
      },
      {
        extends: true,
        test: {
          name: "mesh",
          include: ["test/mesh/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
