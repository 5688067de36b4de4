import { describe, expect, test } from "vitest";
import { isRetryable, ProblemCode, problems } from "./problem.ts";
import { ProblemError } from "./problem-error.ts";

describe("the problem table", () => {
  test.each(ProblemCode.options)("%s says what has happened and what to do", (code) => {
    const { status, title, help } = problems[code];
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].{5,60}[^.]$/);
    expect(help).toMatch(/^.{10,}\.$/);
    expect(help).not.toBe(title);
  });

  test("has no two problems of the same title", () => {
    const titles = Object.values(problems).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test("calls the platform's own trouble retryable, the caller's mistakes not", () => {
    const retryable = ProblemCode.options.filter(isRetryable);
    expect(retryable.toSorted()).toEqual([
      "dependency-unavailable",
      "document-not-finished",
      "engine-unavailable",
      "fetch-failed",
      "internal",
      "overloaded",
      "quota-exceeded",
      "rate-limited",
      "request-in-progress",
      "request-timeout",
      "too-many-in-flight",
    ]);
  });
});

describe("a problem that is thrown", () => {
  test("carries its detail for the caller and its cause for the log", () => {
    const cause = new Error("secret");
    const error = new ProblemError("conflict", "Read it again.", { cause, headers: { allow: "GET" } });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "ProblemError", code: "conflict", message: "Read it again.", cause });
    expect(error.headers).toEqual({ allow: "GET" });
    expect(error.errors).toBeUndefined();
  });

  test("has no headers unless they are given", () => {
    expect(new ProblemError("internal", "x").headers).toEqual({});
  });
});
