import { appendFile, mkdir, readdir, readFile, rm, stat, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { world } from "./support/world.ts";

/** A project whose models are all there, and whose last `ci` had nothing to do. */
async function settled() {
  const made = await world();
  await made.preload(["install"]);
  // What was written a moment before a run began is not yet settled for it.
  await pause(100);
  const before = await made.preload(["ci"]);
  const receipts = join(made.home, "state", "receipts");
  return { ...made, before, receipts };
}

type Settled = Awaited<ReturnType<typeof settled>>;

/** Whether a run worked everything out, or printed what an earlier one had said. */
async function isWorkedOut({ preload, project }: Settled, args: string[], env: Record<string, string> = {}) {
  const coverage = join(project, `../coverage-${Math.random()}`);
  const ran = await preload(args, { env: { ...env, NODE_V8_COVERAGE: coverage } });
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), "utf8")));
  const urls = reports.flatMap((text) => JSON.parse(text).result.map(({ url }: { url: string }) => url) as string[]);
  return { ran, workedOut: urls.some((url) => basename(url) === "run.js") };
}

async function blobIn(hub: string): Promise<string> {
  const [repo = ""] = (await readdir(hub)).filter((name) => name.startsWith("models--"));
  const folder = join(hub, repo, "blobs");
  const [blob = ""] = (await readdir(folder)).sort();
  return join(folder, blob);
}

async function filesUnder(folder: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).filter((path) => name.test(path));
}

test("a run that would find and say the same is not worked out again", async () => {
  const made = await settled();

  const { ran, workedOut } = await isWorkedOut(made, ["ci"]);

  expect(workedOut).toBe(false);
  expect(ran).toEqual(made.before);
  expect(ran.stdout).toContain("already there");
});

test("install is spared as well, and each command line for itself", async () => {
  const made = await settled();
  await pause(100);
  await made.preload(["install"]);

  expect((await isWorkedOut(made, ["install"])).workedOut).toBe(false);
  expect((await isWorkedOut(made, ["ci", "--verbose"])).workedOut).toBe(true);
  expect((await isWorkedOut(made, ["verify"])).workedOut).toBe(true);
});

test.skipIf(process.platform === "win32")(
  "what was kept is for its owner alone: variables may hold passwords",
  async () => {
    const { receipts } = await settled();

    const names = await readdir(receipts);

    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect((await stat(join(receipts, name))).mode & 0o077).toBe(0);
  },
);

describe("everything is worked out again after", () => {
  const changes: readonly [string, (made: Settled) => Promise<unknown>, number][] = [
    ["a blob is gone", async ({ hub }) => unlink(await blobIn(hub)), 0],
    [
      "a blob has other bytes, and the size and time of before",
      async ({ hub }) => {
        const blob = await blobIn(hub);
        const { size, atime, mtime } = await stat(blob);
        await writeFile(blob, Buffer.alloc(size, 1));
        await utimes(blob, atime, mtime);
      },
      0,
    ],
    [
      "a link leads elsewhere",
      async ({ hub }) => {
        const [link = ""] = await filesUnder(hub, /snapshots.*config\.json$/);
        await unlink(link);
        await symlink("../../blobs/elsewhere", link);
      },
      0,
    ],
    [
      "a ref says something else",
      async ({ hub }) => {
        const [ref = ""] = await filesUnder(hub, /refs\/main$/);
        await writeFile(ref, "0".repeat(40));
      },
      0,
    ],
    [
      "a snapshot is gone",
      async ({ hub }) => {
        const [link = ""] = await filesUnder(hub, /snapshots.*config\.json$/);
        await rm(join(link, ".."), { recursive: true });
      },
      0,
    ],
    [
      "a checkpoint was written to",
      async ({ whisper }) => {
        const [path = ""] = await filesUnder(whisper, /\.pt$/);
        await appendFile(path, "more");
      },
      0,
    ],
    ["another version of a pipeline came", ({ spacy }) => mkdir(join(spacy, "en_demo_sm-0.0.1.dist-info")), 0],
    [
      "a file of a pipeline is gone",
      async ({ spacy }) => {
        const [path = ""] = await filesUnder(spacy, /config\.cfg$/);
        await unlink(path);
      },
      0,
    ],
    ["the config has another model", ({ project }) => appendFile(join(project, "preload.yaml"), "# another\n"), 0],
    ["the lock is gone", ({ project }) => unlink(join(project, "preload.lock")), 8],
    [
      "a config comes first that did not exist",
      ({ project }) =>
        writeFile(join(project, "preload.yml"), "profiles: { a: [] }\n").then(() => rm(join(project, "preload.yaml"))),
      2,
    ],
    [
      "the project is no longer noted, as after a prune that found it gone",
      ({ home }) => rm(join(home, "state", "projects"), { recursive: true }),
      0,
    ],
    [
      "what was kept is damaged",
      async ({ receipts }) => {
        for (const name of await readdir(receipts)) await writeFile(join(receipts, name), "{");
      },
      0,
    ],
  ];
  test.each(changes)("%s", async (_, change, code) => {
    const made = await settled();
    await change(made);

    const { ran, workedOut } = await isWorkedOut(made, ["ci"]);

    expect(workedOut).toBe(true);
    expect(ran.code).toBe(code);
    if (code === 0) expect((await made.preload(["verify", "--deep"])).code).toBe(0);
  });

  test("a variable that was asked for has another value", async () => {
    const made = await settled();

    expect((await isWorkedOut(made, ["ci"], { PRELOAD_CACHE_ROOT: join(made.home, "else") })).workedOut).toBe(true);
    expect((await isWorkedOut(made, ["ci"], { UNRELATED: "1" })).workedOut).toBe(false);
  });
});

test("what another copy of the program kept is not believed", async () => {
  const made = await settled();
  for (const name of await readdir(made.receipts)) {
    const path = join(made.receipts, name);
    const receipt = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify({ ...receipt, program: join(made.home, "another") }));
  }

  expect((await isWorkedOut(made, ["ci"])).workedOut).toBe(true);
});

test("nothing is kept that has the password of a mirror in it", async () => {
  const made = await settled();
  const kept = await readdir(made.receipts);
  const mirror = (user: string) => ({ PRELOAD_WHISPER_ENDPOINT: `http://${user}127.0.0.1:1` });

  await made.preload(["ci", "--verbose"], { env: mirror("user:secret-word@") });
  await made.preload(["ci", "--endpoint", "spacy=http://user:secret-word@127.0.0.1:1"]);
  expect(await readdir(made.receipts)).toEqual(kept);

  await made.preload(["ci", "--verbose"], { env: mirror("") });
  expect(await readdir(made.receipts)).toHaveLength(kept.length + 1);
});

test("what is for a program has the time of the run in it, and is worked out each time", async () => {
  const made = await settled();
  await made.preload(["ci", "--json"]);

  expect((await isWorkedOut(made, ["ci", "--json"])).workedOut).toBe(true);
});

test.each([
  ["the config", ({ project }: Settled) => [join(project, "preload.yaml")]],
  ["the lock", ({ project }: Settled) => [join(project, "preload.lock")]],
  ["a ref", ({ hub }: Settled) => filesUnder(hub, /refs\/main$/)],
])("a run does not spare the next one when %s goes while it is under way", async (_, pathsOf) => {
  const made = await settled();
  const hook = join(made.home, "hook.cjs");
  const gone = JSON.stringify(await pathsOf(made));
  // The last line is told between the look and the receipt.
  await writeFile(
    hook,
    `const write = process.stderr.write;
    process.stderr.write = function (...args) {
      if (String(args[0]).includes("nothing to fetch")) for (const path of ${gone}) require("node:fs").rmSync(path);
      return write.apply(this, args);
    };`,
  );
  const args = ["ci", "--verbose"];
  expect((await made.preload(args, { env: { NODE_OPTIONS: `--require ${hook}` } })).code).toBe(0);

  expect((await isWorkedOut(made, args)).workedOut).toBe(true);
});

test("a state directory that is a file costs time, and is no bug", async () => {
  const { preload, project } = await settled();

  const { code, stderr } = await preload(["ci"], { env: { PRELOAD_STATE_DIR: join(project, "preload.yaml") } });

  expect([code, stderr]).toEqual([0, expect.not.stringContaining("bug")]);
});
