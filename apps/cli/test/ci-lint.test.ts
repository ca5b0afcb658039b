import { readdirSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { actions } from "../src/ci-files/actions.ts";
import { cis } from "../src/ci-files/cis.ts";
import { ciNames } from "../src/ci-files/names.ts";
import { gitlabLocally, lintWorkflow } from "./support/lint.ts";
import { type World, world } from "./support/world.ts";

/** A project of every kind at once: Python and Node, with a config of another name, profiles, and a folder of its own. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  "a plain one": [],
  "one with flags": [
    "-p",
    "test",
    "--only",
    "hf",
    "--setup",
    "make deps",
    "--test",
    "A=1 make check | tee 'it''s.log'",
  ],
};

async function generated(ci: keyof typeof cis, flags: readonly string[]): Promise<{ w: World; text: string }> {
  const w = await world({ config: "profiles: { test: ['hf:preload-demo/tiny-bart'] }\n" });
  await writeFile(
    join(w.project, "pyproject.toml"),
    '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["pytest"]\n',
  );
  await writeFile(join(w.project, "package.json"), '{"scripts":{"test":"vitest"},"devDependencies":{"vitest":"1"}}');
  expect((await w.preload(["init", "--ci", ci, ...flags])).code).toBe(0);
  return { w, text: await readFile(join(w.project, cis[ci].path), "utf8") };
}

describe.each(Object.entries(kinds))("the file of %s", (_, flags) => {
  test("is a workflow in which GitHub's own parser and actionlint find nothing", async () => {
    const { text } = await generated("github", flags);

    expect(await lintWorkflow("preload.yml", text)).toEqual([]);
  });

  // gitlab-ci-local asks Bash and Git of what it reads.
  test.skipIf(process.platform === "win32")(
    "is one that GitLab's schema admits, with the jobs and the cache that are meant",
    async () => {
      const { w } = await generated("gitlab", flags);

      const jobs = JSON.parse(
        await gitlabLocally(w.project, ["--list-json"], { ...w.env, PATH: process.env.PATH ?? "" }),
      );

      expect(jobs.map(({ name }: { name: string }) => name).sort()).toEqual(["preload-models", "preload-test"]);
    },
  );

  test.each(["circleci", "azure", "buildkite"] as const)("is YAML with every key once, for %s", async (ci) => {
    const { text } = await generated(ci, flags);

    expect(Object.keys(parse(text, { uniqueKeys: true, strict: true }))).toContain(
      { circleci: "jobs", azure: "jobs", buildkite: "steps" }[ci],
    );
  });
});

test("the linter finds what is wrong", async () => {
  const wrong =
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo $" +
    "{{ github.nothing }}\n        bad: 1\n";

  expect((await lintWorkflow("wrong.yml", wrong)).join("\n")).toMatch(
    /Unexpected value 'bad'[\s\S]*property "nothing" is not defined/,
  );
});

const own = fileURLToPath(new URL("../../../.github/workflows", import.meta.url));

describe.each(readdirSync(own))("this repository's own %s", (name) => {
  test("is a workflow in which the linters find nothing", async () => {
    expect(await lintWorkflow(name, await readFile(join(own, name), "utf8"))).toEqual([]);
  });

  test("may do no more than it has to, and takes actions of others as the generated ones do", async () => {
    const text = await readFile(join(own, name), "utf8");
    const { permissions, jobs } = parse(text) as {
      permissions: object;
      jobs: Record<string, { permissions?: object }>;
    };
    const granted = [permissions, ...Object.values(jobs).map((job) => job.permissions ?? {})];
    const writes = granted.flatMap((scopes) =>
      Object.entries(scopes).flatMap(([scope, level]) => (level === "write" ? [scope] : [])),
    );

    expect(writes).toEqual(name === "release.yml" ? ["contents", "pull-requests", "id-token"] : []);
    for (const what of othersIn(text)) {
      expect(
        Object.values<string>(actions).includes(what) || /^changesets\/action@[0-9a-f]{40} # v1\./.test(what),
        what,
      ).toBe(true);
    }
  });
});

/** What a workflow takes of others. */
function othersIn(text: string): string[] {
  const uses = [...text.matchAll(/uses: (.*?)\r?$/gm)].map(([, what = ""]) => what);
  return uses.filter((what) => !what.startsWith("preload-dev/") && !what.startsWith("./"));
}

test("actions of others are pinned to a commit, and say which version that is", async () => {
  const { text } = await generated("github", []);
  const uses = othersIn(text);

  expect(uses).toHaveLength(3);
  for (const what of uses) expect(what).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(ciNames)("nothing that %s runs hides a failure or names a model", async (ci) => {
  const { text } = await generated(ci, []);

  expect(text).not.toMatch(/\|\| true|continue-on-error|allow_failure|soft_fail|catchError|cache-hit|tiny-bart/);
});

test("the action is told only what it asks for", async () => {
  const action = parse(await readFile(fileURLToPath(new URL("../../action/action.yml", import.meta.url)), "utf8"));
  const w = await world({ config: "profiles: { test: ['hf:preload-demo/tiny-bart'] }\n" });
  await mkdir(join(w.project, "apps/one"), { recursive: true });
  await cp(join(w.project, "preload.yaml"), join(w.project, "apps/one/ci.yaml"));

  const flags = ["-C", "apps/one", "-c", "ci.yaml", "-p", "test", "--test", "make check", "--ci", "github"];
  expect((await w.preload(["init", ...flags])).code).toBe(0);

  const { steps } = parse(await readFile(join(w.project, cis.github.path), "utf8")).jobs.preload;
  const inputs = steps.find(({ uses = "" }) => uses.startsWith("preload-dev/")).with;
  expect(inputs).toEqual({ "working-directory": "apps/one", config: "ci.yaml", profiles: "test" });
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
});
