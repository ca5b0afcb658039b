import { readdirSync, truncateSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoToken } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { cis } from "../src/ci-files/cis.ts";
import { dialects, openRunner, type Runner } from "./support/ci-jobs.ts";
import { type World, world } from "./support/world.ts";

const usual = "models: ['hf:preload-demo/tiny-bart', 'hf:preload-demo/tiny-sentence']\n";

// As a real client: by the variable that says where the models are.
const check = `set -eu
cat "$HF_HUB_CACHE"/models--preload-demo--tiny-bart/snapshots/*/config.json > /dev/null
[ "$HF_HUB_OFFLINE" = 1 ]
echo "the tests ran"
`;

type Shelled = keyof typeof dialects;

async function jobsOf(
  ci: Shelled,
  { tests = "bash check.sh", config = usual, token = "" } = {},
): Promise<World & { runner: Runner }> {
  const w = await world({ config });
  await writeFile(join(w.project, "check.sh"), check);
  expect((await w.preload(["lock"], { env: token === "" ? {} : { HF_TOKEN: token } })).code).toBe(0);
  expect((await w.preload(["init", "--ci", ci, "--test", tests])).code).toBe(0);
  w.demo.origin.clear();
  return { ...w, runner: await openRunner(w, cis[ci].path, dialects[ci]) };
}

/** GitHub's are kept by the action, whose tests show that. */
const keeping = ["gitlab", "circleci", "azure", "jenkins", "buildkite"] as const;

describe.skipIf(process.platform !== "linux").each(Object.keys(dialects) as Shelled[])("the steps for %s", (ci) => {
  test("fetch the models of a cold machine, and run the tests", async () => {
    const { runner } = await jobsOf(ci);

    const { code, output } = await runner.job();

    expect(output).toContain("the tests ran");
    expect(code).toBe(0);
  });

  test("end with the exit code of the tests", async () => {
    const { runner } = await jobsOf(ci, { tests: "bash -c 'exit 42'" });

    expect((await runner.job()).code).toBe(42);
  });

  test("run no test where a model cannot be had, and end with what was wrong", async () => {
    const { runner } = await jobsOf(ci);

    const { code, output } = await runner.job({ env: { PRELOAD_HF_ENDPOINT: "http://127.0.0.1:9" } });

    expect(code).toBe(5);
    expect(output).not.toContain("the tests ran");
    expect(await readdir(runner.store)).toEqual([]);
  });
});

describe.skipIf(process.platform !== "linux").each(keeping)("what %s keeps", (ci) => {
  test("is enough for the next machine, which asks nobody", async () => {
    const { runner, demo } = await jobsOf(ci);
    await runner.job();
    demo.origin.clear();

    const { code, output } = await runner.job();

    expect(output).toContain("the tests ran");
    expect(code).toBe(0);
    expect(demo.origin.requests).toEqual([]);
  });

  test("is kept although the tests fail", async () => {
    const { runner } = await jobsOf(ci, { tests: "bash -c 'exit 42'" });

    await runner.job();

    expect(await readdir(runner.store)).toHaveLength(1);
  });

  test("is completed where it was not complete", async () => {
    const { runner, demo } = await jobsOf(ci);
    await runner.job();
    damage(runner.store);
    demo.origin.clear();

    const { code, output } = await runner.job();

    expect(output).toContain("the tests ran");
    expect(code).toBe(0);
    expect(demo.origin.requests.length).toBeGreaterThan(0);
  });

  test("a pull request restores, and saves nothing", async () => {
    const { runner, demo } = await jobsOf(ci);
    expect((await runner.job({ isPullRequest: true })).code).toBe(0);
    expect(await readdir(runner.store)).toEqual([]);
    await runner.job();
    demo.origin.clear();

    expect((await runner.job({ isPullRequest: true })).code).toBe(0);

    expect(demo.origin.requests).toEqual([]);
  });

  test("holds no unfinished download and no lock file", async () => {
    const { runner } = await jobsOf(ci);
    await runner.job();

    expect(namesBelow(runner.store).filter((name) => /\.(part|lease|lock|tmp|list)$/.test(name))).toEqual([]);
  });
});

describe.skipIf(process.platform !== "linux").each(["circleci", "jenkins", "buildkite"] as const)(
  "a model behind terms, with %s",
  (ci) => {
    test("is not thought to be in what a run without a token has kept", async () => {
      const config = "models: ['hf:preload-demo/tiny-bart', { ref: 'hf:preload-demo/gated-bart', optional: true }]\n";
      const { runner } = await jobsOf(ci, { config, token: demoToken });
      expect((await runner.job()).code).toBe(0);
      const without = await readdir(runner.store);

      expect((await runner.job({ env: { HF_TOKEN: demoToken } })).code).toBe(0);

      expect(without).toHaveLength(1);
      expect(await readdir(runner.store)).toHaveLength(2);
    });
  },
);

/** Half of an archive, or a tree of which the largest file is gone. */
function damage(store: string): void {
  const [entry = ""] = readdirSync(store);
  if (entry.endsWith(".tar")) truncateSync(join(store, entry), 5000);
  else rmLargest(join(store, entry));
}

function rmLargest(folder: string): void {
  const blobs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /blobs\/[0-9a-f]{64}$/.test(name),
  );
  expect(blobs.length).toBeGreaterThan(0);
  for (const blob of blobs) truncateSync(join(folder, blob), 10);
}

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" });
}
