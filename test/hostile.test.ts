import { mkdir, mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Document, DocumentList, Problem } from "@lectura/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, createClient, sample } from "./fixtures/client.ts";
import { startDecoy } from "./fixtures/decoy.ts";
import { enginesOf } from "./fixtures/engines.ts";
import { startPlatform, type TestPlatform } from "./fixtures/platform.ts";
import { residentBytes } from "./fixtures/resident-bytes.ts";
import { hostileBodies } from "./hostile/bodies.ts";
import { hostileForms } from "./hostile/forms.ts";
import type { HostileFile } from "./hostile/hostile-file.ts";
import { damagedImages, imageBombs, polyglots } from "./hostile/images.ts";
import { hostileNames } from "./hostile/names.ts";
import { otherTypes } from "./hostile/other-types.ts";
import { brokenPdfs } from "./hostile/broken-pdfs.ts";
import { curiousPdfs } from "./hostile/curious-pdfs.ts";
import type { Reaction } from "./hostile/reaction.ts";

const MEGABYTE = 1024 * 1024;
/** As much as the memory of a service may have grown by when all is over: garbage that waits for its collection. */
const SLACK = 200 * MEGABYTE;
const AT_ONCE = 4;

const decoy = await startDecoy();
/** Everything that the platform may write lies in here: its home, and the folder for what is temporary. */
const ground = await mkdtempDisposable(join(tmpdir(), "lectura-hostile-"));
const [home, temporary] = [join(ground.path, "home"), join(ground.path, "tmp")];
const receipt = (await sample("recibo.jpg")).bytes;

let platform: TestPlatform;
let client: Client;
let begun: Awaited<ReturnType<TestPlatform["processes"]>>;
let memory: Map<string, number>;

const memoryOf = async (): Promise<Map<string, number>> => {
  const services = (await platform.processes()).filter(({ name }) => name !== "redis");
  return new Map(await Promise.all(services.map(async ({ name, pid }) => [name, await residentBytes(pid)] as const)));
};

beforeAll(async () => {
  await mkdir(temporary);
  // Short of patience: a page that never ends does so after 30 s of CPU.
  platform = await startPlatform({ home, env: { TMPDIR: temporary, LECTURA_PAGE_SECONDS: "60" } });
  client = createClient(platform);
  await client.untilFinal((await client.submit(receipt)).id);
  begun = await platform.processes();
  memory = await memoryOf();
});
afterAll(async () => {
  await platform.stop();
  await ground.remove();
  decoy.close();
});

/** How a document ends, with the first thing that went wrong in its pages. */
const endOf = async (id: string): Promise<string> => {
  const { status, error } = await client.untilFinal(id);
  const pages = status === "partial" ? (await client.result(id)).pages : [];
  const code = error?.code ?? pages.find((page) => page.error)?.error?.code;
  return code === undefined ? status : `${status} ${code}`;
};

const submit = async ({ bytes, says }: HostileFile): Promise<{ ends: string; says?: string }> => {
  const answer = await client.call("/v1/documents?languages=spa", {
    method: "POST",
    body: new Uint8Array(await bytes()),
    headers: { "cache-control": "no-cache" },
  });
  if (!answer.ok) {
    const { status, code } = Problem.parse(await answer.json());
    return { ends: `${status} ${code}` };
  }
  const { id } = Document.parse(await answer.json());
  const ends = await endOf(id);
  return says === undefined ? { ends } : { ends, says: (await client.text(id)).trim() };
};

/** Works on all of them, some at a time, and says what became of each. */
const each = async <Item extends { what: string }, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Record<string, Result>> => {
  const results: Record<string, Result> = {};
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) results[item.what] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
};

const expected = (files: HostileFile[]): object =>
  Object.fromEntries(
    files.map(({ what, ends, says }) => [
      what,
      { ends: typeof ends === "string" ? ends : expect.toBeOneOf(ends), ...(says !== undefined && { says }) },
    ]),
  );

test.each<[string, HostileFile[]]>([
  ["of other types is refused by its first bytes", otherTypes(decoy.url)],
  ["of two types at once is refused, or is what it begins as", polyglots],
  ["that is cut short or damaged says so", damagedImages],
  ["with scripts, actions and references is read, and nothing else is done", curiousPdfs(decoy.url)],
  ["that is a broken PDF ends as well as it can", brokenPdfs],
  ["that unfolds to more than anybody can hold ends within its limits", imageBombs],
])("a file %s", { timeout: 1_200_000 }, async (_, files) => {
  expect(await each(files, submit)).toEqual(expected(files));
});

const react = async ({ method, path, headers, body, shows }: Reaction): Promise<object> => {
  const answer = await client.call(path, { method, headers, ...(method === "GET" ? {} : { body }) });
  const said: unknown = await answer.json();
  const code = Problem.safeParse(said).data?.code;
  if (shows) expect(said).toMatchObject(shows);
  return { answer: code === undefined ? String(answer.status) : `${answer.status} ${code}` };
};

test.each<[string, Reaction[]]>([
  ["forms whose framing lies", hostileForms(Buffer.from(receipt))],
  ["bodies, queries and ids that are not what they should be", hostileBodies(receipt)],
])("%s are answered for what they are", async (_, calls) => {
  const answers = Object.fromEntries(calls.map(({ what, answer }) => [what, { answer }]));
  expect(await each(calls, react)).toEqual(answers);
});

test("a file's name leads nowhere, whoever gives it", async () => {
  for (const { name, kept } of hostileNames) {
    const form = new FormData();
    form.append("file", new Blob([receipt]), name);
    const encoded = encodeURIComponent(name);
    const submissions = [
      { body: form },
      { body: receipt, headers: { "content-disposition": `attachment; filename*=UTF-8''${encoded}` } },
    ];
    for (const submission of submissions) {
      const answer = await client.call("/v1/documents", { method: "POST", ...submission });
      const { input } = Document.parse(await answer.json());
      expect(kept, name).toContain(input.filename);
    }
  }
});

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

const deleteAll = async (): Promise<void> => {
  for (;;) {
    const { items } = DocumentList.parse(await (await client.call("/v1/documents?limit=100")).json());
    const ids = items.map(({ id }) => id);
    if (ids.length === 0) return;
    await Promise.all(ids.map(async (id) => client.call(`/v1/documents/${id}`, { method: "DELETE" })));
  }
};

test("after all of it everybody is there, nobody has grown, nothing lies about, and nobody has called anywhere", async () => {
  expect(await platform.processes()).toEqual(begun);
  const grown = await memoryOf();
  for (const [name, before] of memory) expect((grown.get(name) ?? Infinity) - before, name).toBeLessThan(SLACK);
  expect(decoy.visits()).toBe(0);
  // Nor could a decoder have called: the kernel refuses it every socket (packages/ocr/src/child/confine.test.ts).
  const engines = await enginesOf(begun.filter(({ name }) => name === "ocr-worker").map(({ pid }) => pid));
  const told = await Promise.all(engines.map(async (pid) => readFile(`/proc/${pid}/status`, "latin1")));
  expect(told.map((status) => /^Seccomp:\s+(\d)$/m.exec(status)?.[1])).toEqual(engines.map(() => "2"));
  expect(engines).not.toEqual([]);

  await deleteAll();
  const own = /^home\/(redis|log|run\.json|local\.env|secrets\.json)/;
  const left = async (): Promise<string[]> => (await filesIn(ground.path)).filter((path) => !own.test(path));
  await expect.poll(left).toEqual([]);
  // It still does what it is there for.
  const { id } = await client.submit(receipt);
  expect(await client.untilFinal(id)).toMatchObject({ status: "succeeded" });
});
