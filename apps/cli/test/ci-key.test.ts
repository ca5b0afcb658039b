import { readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DemoOrigin, demoConfig, demoToken } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { installed } from "./support/packs.ts";
import { type World, world } from "./support/world.ts";

const [bart, sentence, gated] = ["tiny-bart", "tiny-sentence", "gated-bart"].map((name) => `hf:preload-demo/${name}`);
const two = `models: [${bart}, ${sentence}]`;

/** A project that is locked, on a machine that has no model. */
async function locked(config: string | ((demo: DemoOrigin) => string) = two, env = {}): Promise<World> {
  const made = await world({ config, env });
  expect((await made.preload(["lock", "-q"])).stderr).toBe("");
  made.demo.origin.clear();
  return made;
}

async function keys(of: Pick<World, "preload">, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await of.preload(["ci-key", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

test("says on a machine without any model what it will be called when all is there, and asks nobody", async () => {
  const here = await locked(demoConfig);

  const before = await keys(here);
  const asked = here.demo.origin.requests.length;
  await here.preload(["install"]);

  expect(before.map((key) => key.replace(/[0-9a-f]{32}$/, "…"))).toEqual([
    "preload-1-hf-preload-demo-tiny-bart-…",
    "preload-1-hf-preload-demo-tiny-bart-sharded-…",
    "preload-1-hf-preload-demo-tiny-led-bin-…",
    "preload-1-hf-preload-demo-tiny-sentence-…",
    "preload-1-spacy-en_demo_core-…",
    "preload-1-whisper-tiny-demo-…",
  ]);
  expect(await keys(here)).toEqual(before);
  expect(await keys(here, "--present")).toEqual(before);
  expect(asked).toBe(0);
});

test("two profiles with different models share the keys of those that both have, and no set", async () => {
  const here = await locked(demoConfig);

  const [test, production] = [await keys(here, "-p", "test"), await keys(here, "-p", "production")];
  const sets = [await keys(here, "-p", "test", "--granularity", "set"), await keys(here, "--granularity", "set")];

  expect(production).toEqual(expect.arrayContaining(test));
  expect(sets[0]).not.toEqual(sets[1]);
});

test("named models have keys of their own, and one that the lock does not have is drift", async () => {
  const here = await locked();

  expect(await keys(here, bart ?? "")).toEqual([expect.stringMatching(/^preload-1-hf-preload-demo-tiny-bart-/)]);
  const unknown = await here.preload(["ci-key", "hf:preload-demo/tiny-led-bin"]);
  expect([unknown.code, unknown.stderr]).toEqual([8, expect.stringContaining("Run `preload lock`")]);
});

describe("without a lock to go by, exits with 8 and says what to do", () => {
  test("no config: the built-in profiles have no lock", async () => {
    const here = await world({ config: "none" });

    const { code, stdout, stderr } = await here.preload(["ci-key"]);

    expect(stderr).toContain("no lock that a key could come from\n  Run `preload init` and `preload lock`");
    expect([code, stdout]).toEqual([8, ""]);
  });

  test("no lock", async () => {
    const here = await world({ config: two });

    const { code, stderr } = await here.preload(["ci-key"]);

    expect([code, stderr]).toEqual([8, expect.stringContaining("does not exist\n  Run `preload lock` and commit it")]);
  });

  test("a lock of other models", async () => {
    const here = await locked();
    await writeFile(join(here.project, "preload.yaml"), `models: [${bart}]`);

    const { code, stderr } = await here.preload(["ci-key"]);

    expect([code, stderr]).toEqual([8, expect.stringContaining(`${sentence}  locked but not in the config`)]);
  });
});

test("--json has for each entry what is to be kept, and what it takes", async () => {
  const here = await locked(`models: [${bart}]`);

  const document = JSON.parse((await here.preload(["ci-key", "--json"])).stdout);

  expect(document).toMatchObject({
    version: 1,
    command: "ci-key",
    ok: true,
    granularity: "model",
    workspace: here.project,
    workspaceRule: "the repository",
    lock: join(here.project, "preload.lock"),
    set: { restorePrefix: expect.stringMatching(/^preload-1-set-[0-9a-f]{8}-$/) },
    skipped: [],
    budget: { limit: 10e9, rule: "default", verdict: "fits", largest: [{ ref: bart, profiles: ["default"], left: 0 }] },
  });
  const [entry] = document.entries;
  expect(entry.digest).toBe(`sha256:${entry.key.slice(-32)}${entry.digest.slice(-32)}`);
  expect(entry).toMatchObject({ ref: bart, refs: [bart], optional: false, restorePrefix: null });
  expect(document.budget.bytes).toBe(entry.bytes);
  expect(entry.paths.length).toBe(entry.relativePaths.length);
  expect(entry.relativePaths[0]).toMatch(/^\.\.\/home\/\.cache\/huggingface\/hub\/models--preload-demo--tiny-bart\//);
});

test("a key depends on where the models lie, seen from the CI's workspace", async () => {
  const here = await locked(`models: [${bart}]`);
  const keyIn = async (env: Record<string, string>, ...args: string[]) =>
    (await here.preload(["ci-key", ...args], { env })).stdout;

  const near = await keyIn({ GITHUB_WORKSPACE: here.project });
  const far = await keyIn({ GITHUB_WORKSPACE: join(here.project, "deeper") });

  expect(near).toBe(await keyIn({}));
  expect(far).not.toBe(near);
  expect(await keyIn({ GITLAB_CI: "true", CI_PROJECT_DIR: here.project })).toBe(near);
  expect(await keyIn({ CI_PROJECT_DIR: "/not/of/gitlab", WORKSPACE: "/not/of/jenkins" })).toBe(near);
  expect(await keyIn({ CIRCLE_WORKING_DIRECTORY: "~/../project" })).toBe(near);
  expect(await keyIn({ GITHUB_WORKSPACE: "/elsewhere" }, "--workspace", ".")).toBe(near);
});

test("all caches in the project: the key is the same wherever the project lies", async () => {
  const [here, there] = [
    await locked(`cacheRoot: .preload\n${two}`),
    await world({ config: `cacheRoot: .preload\n${two}` }),
  ];
  await writeFile(join(there.project, "preload.lock"), await readFile(join(here.project, "preload.lock")));

  expect(await keys(there)).toEqual(await keys(here));
  expect(await keys(there, "--granularity", "set")).toEqual(await keys(here, "--granularity", "set"));
});

describe("an optional model that only some may fetch", () => {
  const config = `models: [${bart}, { ref: "${gated}", optional: true }]`;

  test("has no entry where it could not be fetched, and the set has another key", async () => {
    const here = await locked(config, { HF_TOKEN: demoToken });
    await here.preload(["ci"], { env: { HF_TOKEN: "" } });

    const [all, there] = [await keys(here), await here.preload(["ci-key", "--present"])];
    const sets = await Promise.all(
      [[], ["--present"]].map(async (more) => (await here.preload(["ci-key", "--granularity", "set", ...more])).stdout),
    );
    await here.preload(["ci"]);

    expect(all.length).toBe(2);
    expect(there.stdout.trimEnd().split("\n")).toEqual(all.filter((key) => key.includes("tiny-bart")));
    expect(there.stderr).toBe(`no key for ${gated}, which is optional and not there\n`);
    expect(sets[0]).not.toBe(sets[1]);
    expect(await keys(here, "--present")).toEqual(all);
    expect(await keys(here, "--present", "--granularity", "set")).toEqual([sets[0]?.trimEnd()]);
  });

  test("has no entry where it could not even be locked", async () => {
    const here = await world({ config });
    await here.preload(["lock", "-q"]);

    const { code, stdout, stderr } = await here.preload(["ci-key"]);

    expect([code, stdout.trimEnd().split("\n").length, stderr]).toEqual([0, 1, expect.stringContaining(gated ?? "")]);
  });
});

describe("--present, for a job that is about to save", () => {
  test("what is missing is exit 3, and no key", async () => {
    const here = await installed({ config: two });
    await rm(join(here.hub, "models--preload-demo--tiny-sentence"), { recursive: true });

    const { code, stdout, stderr } = await here.preload(["ci-key", "--present"]);

    expect(stderr).toContain(`not everything is there to be saved\n  ${sentence}  models--`);
    expect([code, stdout]).toEqual([3, ""]);
  });

  test("what has other bytes is exit 4, and no key", async () => {
    const here = await installed({ config: `models: [${bart}]` });
    const { entries } = JSON.parse((await here.preload(["ci-key", "--json"])).stdout);
    const config = entries[0].paths.find(
      (path: string) => path.endsWith("/config.json") && !path.includes(".no_exist"),
    );
    await writeFile(await realpath(config), "{}");

    const { code, stdout } = await here.preload(["ci-key", "--present"]);

    expect([code, stdout]).toEqual([4, ""]);
  });
});

describe("the budget", () => {
  test("near its end it is told, and the keys are printed", async () => {
    const here = await locked();

    const { code, stdout, stderr } = await here.preload(["ci-key", "--budget", "150kB"]);

    expect(stderr).toMatch(/^The models take \d+ kB of 150 kB, [6-9]\d %: near the end of it \(--budget\)\.\n$/);
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 2]);
  });

  test("beyond it there is no key, but a table of what to drop, the largest first", async () => {
    const here = await locked(
      `ci: { budget: 60 kB }\nprofiles: { test: [${sentence}], all: { extends: test, models: [${bart}] } }`,
    );

    const { code, stdout, stderr } = await here.preload(["ci-key"]);

    expect(stderr).toMatch(
      new RegExp(
        [
          String.raw`^error the models take \d+ kB of a cache of 60 kB, 38 kB too much \(ci.budget in .*preload.yaml\)`,
          "  largest first +saves +then left  in",
          `  ${bart} +69 kB +29 kB  all +fits`,
          `  ${sentence} +29 kB +0 bytes  test, all`,
          "  Take some of these out of the profiles",
        ].join("\n"),
      ),
    );
    expect([code, stdout]).toEqual([8, ""]);
    expect((await here.preload(["ci-key", "-p", "test"])).code).toBe(0);
    expect((await here.preload(["ci-key", "--budget", "1GB"])).code).toBe(0);
  });

  test("programs are told the same", async () => {
    const here = await locked();

    const { code, stdout } = await here.preload(["ci-key", "--budget", "1kB", "--json"]);

    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ code: "POLICY", budget: { limit: 1000, verdict: "over" } });
    expect(error.drop.map(({ ref }: { ref: string }) => ref)).toEqual([bart, sentence]);
    expect(code).toBe(8);
  });

  test("a set counts what its models share once", async () => {
    const here = await locked(`models: [${bart}, "${bart}@v1.0"]`);
    const taken = async (granularity: string) =>
      JSON.parse((await here.preload(["ci-key", "--json", "--granularity", granularity])).stdout).budget.bytes;

    expect(await taken("set")).toBeLessThan(await taken("model"));
  });

  test.each([
    ["ci: { budget: much }", "ci.budget: it is no size; for example 10 GB"],
    ["ci: { budget: 0 GB }", "ci.budget: it is no size"],
    ["ci: { buget: 1 GB }", 'there is no setting "buget"'],
    ["ci: { granularity: file }", "ci.granularity: "],
  ])("%s is refused with its place", async (line, message) => {
    const here = await world({ config: `${line}\n${two}` });

    const { code, stderr } = await here.preload(["ci-key"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toContain("preload.yaml:1:");
  });

  test("plan tells the share of it where somebody has set one, or it is nearly used up", async () => {
    const here = await locked(`ci: { budget: 150 kB }\n${two}`);

    const { code, stdout } = await here.preload(["plan"]);
    const { budget } = JSON.parse((await here.preload(["plan", "--json", bart ?? ""])).stdout);
    await writeFile(join(here.project, "preload.yaml"), two);
    const silent = await here.preload(["plan"]);

    expect([code, stdout]).toEqual([0, expect.stringContaining("\nCI cache  98 kB of 150 kB, 65 %\n")]);
    expect(budget).toMatchObject({ limit: 150_000, verdict: "fits" });
    expect(silent.stdout).not.toContain("CI cache");
  });

  test("a budget of nothing is a mistake", async () => {
    const here = await locked();

    const { code, stderr } = await here.preload(["ci-key", "--budget", "0"]);

    expect([code, stderr]).toEqual([2, expect.stringContaining("--budget: a budget of nothing")]);
  });
});

test("the config may ask for one entry, and the command line for the other", async () => {
  const here = await locked(`ci: { granularity: set }\n${two}`);

  expect(await keys(here)).toEqual([expect.stringMatching(/^preload-1-set-/)]);
  expect((await keys(here, "--granularity", "model")).length).toBe(2);
});

test("what a CI reads: outputs of a GitHub step, or a file of variables", async () => {
  const here = await locked();
  const lines = async (...args: string[]) => (await here.preload(["ci-key", ...args])).stdout;
  const [one, other] = await keys(here);
  const [set = ""] = await keys(here, "--granularity", "set");

  expect(await lines("--granularity", "set", "--shell", "github")).toBe(
    `key=${set}\nrestore-prefix=${set.slice(0, -32)}\n`,
  );
  expect(await lines("--granularity", "set", "--shell", "dotenv")).toBe(
    `PRELOAD_CACHE_KEY=${set}\nPRELOAD_CACHE_RESTORE_PREFIX=${set.slice(0, -32)}\n`,
  );
  expect(await lines("--shell", "github")).toMatch(
    new RegExp(`^keys<<(preload_[0-9a-f]{16})\n${one}\n${other}\n\\1\n$`),
  );
  expect(await lines("--shell", "dotenv")).toBe(`PRELOAD_CACHE_KEYS='${one} ${other}'\n`);
});

test("--explain says what went into each key", async () => {
  const here = await locked();

  const { stdout } = await here.preload(["ci-key", "--explain", "--granularity", "set"]);
  const { explanations } = JSON.parse((await here.preload(["ci-key", "--explain", "--json"])).stdout);

  for (const key of await keys(here)) expect(stdout).toContain(key);
  expect(stdout).toContain("place     ../home/.cache/huggingface/hub, seen from");
  expect(explanations[0].lines).toContainEqual(expect.stringMatching(/^files {5}8 files, 69 kB, each by path, size/));
});
