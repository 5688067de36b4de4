import { describe, expect, test } from "vitest";
import { JOB_VERSION, type JobName, jobs } from "./jobs.ts";

const names: JobName[] = ["inspect", "page", "assemble", "format", "image"];
const payload = {
  v: JOB_VERSION,
  tenant: "ten_a",
  document: `doc_${"0".repeat(32)}`,
  attempt: 1,
  page: 1,
  format: "pdf",
};

describe("the job catalogue", () => {
  test("has these kinds of work and no others", () => {
    expect(Object.keys(jobs)).toEqual(names);
  });

  test.each(names)("%s names a document and the attempt at it", (name) => {
    expect(jobs[name].parse(payload)).toMatchObject({ document: payload.document, attempt: 1 });
    for (const wrong of [
      { tenant: "nobody" },
      { document: "doc_1" },
      { attempt: 0 },
      { attempt: 1.5 },
      { v: "one" },
      { v: undefined },
    ])
      expect(jobs[name].safeParse({ ...payload, ...wrong }).success).toBe(false);
  });

  test.each(["page", "image"] as const)("a job of the kind %s names its page, from 1", (name) => {
    expect(jobs[name].parse({ ...payload, page: 900 }).page).toBe(900);
    for (const page of [0, -1, 1.5, undefined]) expect(jobs[name].safeParse({ ...payload, page }).success).toBe(false);
  });

  test("a format job names a format that not every document has anyway", () => {
    expect(jobs.format.parse({ ...payload, format: "alto" }).format).toBe("alto");
    for (const format of ["json", "docx", undefined])
      expect(jobs.format.safeParse({ ...payload, format }).success).toBe(false);
  });
});
