import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createHttp, emptyLock, formatLock, type Machine, type Manifest, readConfigText } from "@preload/core";
import { tempDir } from "@preload/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cachedModels } from "../src/ci/cached-models.ts";
import { type CacheEntry, entriesOf, setOf } from "../src/ci/entries.ts";
import { createFetchers } from "../src/fetchers.ts";
import { openSession } from "../src/session.ts";
import { anyConfigOf, type WrittenConfig } from "./support/any-config.ts";
import { anyModels, anyMoved } from "./support/any-lock.ts";
import { homeEnv } from "./support/run.ts";

const linux: Machine = { platform: "linux", env: {}, home: "/home/ada", cwd: "/home/ada/app" };

describe("of any config", () => {
  test("what is written in other words, another order, or beside the models changes no key", async () => {
    const anyTwo = anyModels().chain((models) => {
      const refs = models.map(({ ref }) => ref);
      return fc.record({ models: fc.constant(models), one: anyConfigOf(refs), other: anyConfigOf(refs) });
    });
    await fc.assert(
      fc.asyncProperty(anyTwo, async ({ models, one, other }) => {
        expect(await keysIn(one, models)).toEqual(await keysIn(other, [...models].reverse()));
      }),
      { numRuns: 60 },
    );
  });

  test("a model more, or one less, changes the key of no other", async () => {
    const anyGrown = anyModels().chain((models) =>
      fc.record({
        models: fc.constant(models),
        few: anyConfigOf(models.slice(1).map(({ ref }) => ref)),
        all: anyConfigOf(models.map(({ ref }) => ref)),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        anyGrown.filter(({ models }) => models.length > 1),
        async ({ models, few, all }) => {
          const [one, other] = [await keysIn(few, models.slice(1)), await keysIn(all, models)];

          expect(other.models).toEqual(expect.arrayContaining(one.models));
          expect(other.models.length).toBe(one.models.length + 1);
          expect(other.set).not.toBe(one.set);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("of any lock", () => {
  test("one pin that moves changes one key, and that of the set", async () => {
    const anyMove = anyModels().chain((models) =>
      fc
        .nat(models.length - 1)
        .chain((at) =>
          fc.record({ models: fc.constant(models), at: fc.constant(at), moved: anyMoved(models[at] as Manifest) }),
        ),
    );
    await fc.assert(
      fc.asyncProperty(anyMove, async ({ models, at, moved }) => {
        const before = await entriesAt(models);
        const after = await entriesAt(models.with(at, moved));

        const keys = (entries: readonly CacheEntry[]) => new Map(entries.map(({ ref, key }) => [ref, key]));
        const changed = models.filter(({ ref }) => keys(before.models).get(ref) !== keys(after.models).get(ref));
        expect(changed.map(({ ref }) => ref)).toEqual([moved.ref]);
        expect(after.set.key).not.toBe(before.set.key);
      }),
    );
  });

  test("sets that differ never share a key, and all that lie alike begin alike", async () => {
    const anyTwo = anyModels().chain((models) =>
      fc.record({ one: fc.subarray(models, { minLength: 1 }), other: fc.subarray(models, { minLength: 1 }) }),
    );
    await fc.assert(
      fc.asyncProperty(anyTwo, async ({ one, other }) => {
        const [first, second] = [await entriesAt(one), await entriesAt([...other].reverse())];

        const same = sameRefs(one, other);
        expect(first.set.key === second.set.key).toBe(same);
        if (sameSchemes(one, other)) expect(second.set.key.startsWith(first.set.restorePrefix ?? "none")).toBe(true);
      }),
    );
  });

  test("keys differ wherever content does, and are fit for every CI", async () => {
    await fc.assert(
      fc.asyncProperty(anyModels(8), async (models) => {
        const keys = (await entriesAt(models)).models.map(({ key }) => key);

        expect(new Set(keys).size).toBe(models.length);
        for (const key of keys) expect(key).toMatch(/^preload-1-[a-z0-9_-]{1,120}$/);
      }),
    );
  });

  test("what only describes a model changes nothing: license, gating, options, what is left out, addresses", async () => {
    await fc.assert(
      fc.asyncProperty(anyModels(), async (models) => {
        const described = models.map(
          (model): Manifest => ({
            ...model,
            license: "mit",
            gated: "manual",
            leftOut: { files: 7, bytes: 7 },
            requires: [{ ref: "hf:org/base", why: "its base", safe: false }],
            entries: model.entries.map((entry) =>
              entry.type === "file" ? { ...entry, url: "https://elsewhere.example/file" } : entry,
            ),
          }),
        );

        expect(await entriesAt(described)).toEqual(await entriesAt(models));
      }),
    );
  });
});

describe("of any machine", () => {
  const anyFolders = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 4 });

  test("the same layout has the same keys on Linux, macOS and Windows", async () => {
    await fc.assert(
      fc.asyncProperty(anyModels(), anyFolders, async (models, folders) => {
        const homes = { linux: "/home/runner", darwin: "/Users/runner", win32: "C:\\Users\\runneradmin" };
        const all = await Promise.all(
          Object.entries(homes).map(async ([platform, home]) => {
            const sep = platform === "win32" ? "\\" : "/";
            const machine = machineAt(platform as NodeJS.Platform, home, sep);
            const { models: entries, set } = await entriesAt(models, machine, [home, ...folders].join(sep));
            return [...entries, set].map(({ key, relativePaths }) => ({ key, relativePaths }));
          }),
        );

        expect(all[1]).toEqual(all[0]);
        expect(all[2]).toEqual(all[0]);
      }),
    );
  });

  test("another way from the workspace to the home gives every model another key", async () => {
    await fc.assert(
      fc.asyncProperty(anyModels(), anyFolders, anyFolders, async (models, one, other) => {
        fc.pre(one.length !== other.length);
        const [near, far] = await Promise.all(
          [one, other].map((folders) => entriesAt(models, linux, ["/home/ada", ...folders].join("/"))),
        );

        const shared = near?.models.filter(({ key }) => far?.models.some((entry) => entry.key === key));
        expect(shared).toEqual([]);
        expect(far?.set.key.startsWith(near?.set.restorePrefix ?? "")).toBe(false);
      }),
    );
  });

  test("mirrors, tokens and whose home it is change nothing", async () => {
    const env = {
      HF_ENDPOINT: "https://mirror.example",
      HF_TOKEN: "hf_secret",
      PRELOAD_WHISPER_ENDPOINT: "https://mirror.example/whisper",
      HTTPS_PROXY: "http://proxy.example:3128",
    };
    await fc.assert(
      fc.asyncProperty(anyModels(), anyFolders, async (models, folders) => {
        const plain = await entriesAt(models, linux, ["/home/ada", ...folders].join("/"));
        const other = { ...linux, env, home: "/root", cwd: "/root/app" };
        const behind = await entriesAt(models, other, ["/root", ...folders].join("/"));

        expect(behind.models.map(({ key }) => key)).toEqual(plain.models.map(({ key }) => key));
        expect(behind.set.key).toBe(plain.set.key);
      }),
    );
  });
});

/** What the command line makes of a config and a lock, read from a disk. */
async function keysIn({ name, text }: WrittenConfig, models: readonly Manifest[]) {
  const root = await tempDir();
  const project = join(root, "project");
  await mkdir(join(project, ".git"), { recursive: true });
  await writeFile(join(project, name), text);
  await writeFile(join(project, "preload.lock"), formatLock(lockOf(models)));
  const none = { write: () => true };
  const io = { stdout: none, stderr: none, stdin: process.stdin, env: homeEnv(join(root, "home")), cwd: project };
  const session = await openSession(io, {}, new AbortController().signal);
  try {
    const cached = await cachedModels(session);
    return { models: cached.models.map(({ key }) => key), set: cached.set.key };
  } finally {
    session.close();
  }
}

/** The entries of a lock on a machine that need not be this one. */
async function entriesAt(models: readonly Manifest[], machine = linux, workspace = "/home/ada/app") {
  const http = createHttp({ machine });
  const config = await readConfigText("models: []", `${workspace}/preload.yaml`, ["hf", "whisper", "spacy"]);
  if (config === undefined) throw new Error("no config");
  const fetchers = createFetchers({ flags: {}, config, machine, http });
  const view = { workspace, machine };
  const locked = models.map((manifest) => {
    const fetcher = fetchers[manifest.ref.slice(0, manifest.ref.indexOf(":"))];
    if (!fetcher) throw new Error(manifest.ref);
    return { manifest, fetcher, optional: false };
  });
  return { models: entriesOf(locked, view), set: setOf(locked, view) };
}

function lockOf(models: readonly Manifest[]) {
  return { ...emptyLock, models: new Map(models.map((model) => [model.ref, model])) };
}

function machineAt(platform: NodeJS.Platform, home: string, sep: string): Machine {
  // spaCy's pipelines have no place of their own; on Windows the usual one is another than elsewhere.
  return { platform, env: { XDG_DATA_HOME: [home, ".local", "share"].join(sep) }, home, cwd: home };
}

function sameRefs(one: readonly Manifest[], other: readonly Manifest[]): boolean {
  return JSON.stringify(one.map(({ ref }) => ref).sort()) === JSON.stringify(other.map(({ ref }) => ref).sort());
}

function sameSchemes(one: readonly Manifest[], other: readonly Manifest[]): boolean {
  const schemes = (models: readonly Manifest[]) =>
    [...new Set(models.map(({ ref }) => ref.split(":")[0]))].sort().join();
  return schemes(one) === schemes(other);
}
