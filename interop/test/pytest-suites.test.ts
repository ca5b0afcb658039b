import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoCatalog, hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { interopDir } from "../src/environments.ts";
import { succeed } from "../src/run-program.ts";
import { copySuite, runSuite, type SuiteRun } from "../src/run-suite.ts";
import { bin, type World, world } from "../src/world.ts";

const bart = "hf:preload-demo/tiny-bart";
const led = "preload-demo/tiny-led-bin";

/** The suite of a project whose config names one model, run by `preload exec`. */
async function exec(flags: readonly string[], args: readonly string[]): Promise<SuiteRun & { here: World }> {
  const here = await world(await demoCatalog());
  const cwd = await copySuite("real");
  const config = join(cwd, "preload.yaml");
  const text = `models: ["${bart}"]\n`;
  await writeFile(config, text);
  await here.preloaded(["install"], { config: text });
  const before = [process.execPath, bin, "exec", "-m", bart, ...flags, "--"];
  const ran = await runSuite("suite", "real", { cwd, before, args, env: { ...here.env, CI: "true" } });
  return { ...ran, here };
}

test("a suite with the real transformers passes offline in two processes, and nothing is said", async () => {
  const { code, outcomes, summary, stdout, stderr } = await exec(["--offline"], ["-n", "2", "test_preloaded.py"]);

  expect(outcomes, stdout).toEqual({
    test_tokenizer: "passed",
    test_model: "passed",
    test_file: "passed",
    test_all_of_it: "passed",
  });
  expect(code).toBe(0);
  expect(summary).toBe("");
  expect(stderr).not.toContain("advisory");
});

test("a model that nobody preloaded is named with test, host, repository and file", async () => {
  const { code, outcomes, summary, stdout, stderr } = await exec(["--offline"], ["-n", "2", "test_forgotten.py"]);

  expect(code).not.toBe(0);
  expect(outcomes, stdout).toEqual({
    test_forgotten: "failed",
    test_forgotten_and_swallowed: "failed",
    test_online_in_a_child: "failed",
  });
  expect(summary).toMatch(
    new RegExp(`test_forgotten\\.py::test_forgotten asked huggingface\\.co for ${led} \\S+\\.json, which is not`),
  );
  expect(summary).toContain(`    preload add hf:${led} && preload\n`);
  // At the end of the run as well, also for a test that goes on without its model.
  const told = `asked huggingface.co for ${led} config.json: not in preload.lock, add it with \`preload add hf:${led}\``;
  expect(stderr).toContain(`test_forgotten.py::test_forgotten_and_swallowed ${told}`);
  expect(summary).toMatch(
    new RegExp(
      `test_online_in_a_child\\n[^]*? {4}tried to reach huggingface\\.co:443, (HEAD|GET) /${led}/resolve/main/config\\.json`,
    ),
  );
});

test("without --offline a model that nobody preloaded comes, and the end of the run says so", async () => {
  const here = await world(await demoCatalog());
  const before = [process.execPath, bin, "exec", "--"];
  const env = { ...here.env, HF_ENDPOINT: here.demo.endpoints.hf };

  const { code, outcomes, summary } = await runSuite("suite", "real", {
    before,
    args: ["-n", "2", "test_forgotten.py::test_forgotten"],
    env,
  });

  expect([code, outcomes]).toEqual([0, { test_forgotten: "passed" }]);
  expect(summary).toContain(`  hf:${led}, downloaded during test_forgotten.py::test_forgotten: all of it, to `);
  expect(summary).toContain(`    preload add hf:${led} && preload\n`);
});

test("the template of examples/ does what its README says, against a Hub on loopback", async () => {
  const demo = await demoCatalog();
  const tiny = demo.repos.find(({ id }) => `hf:${id}` === bart)?.revisions.get("main")?.files ?? new Map();
  const files = Object.fromEntries([...tiny.values()].map(({ path, body }) => [path, body]));
  const here = await world({ ...demo, repos: [hubRepo({ id: "facebook/bart-base", files })] });
  const cwd = join(here.home, "template");
  await cp(join(interopDir, "../examples/pytest-suite"), cwd, { recursive: true });
  const run = (flags: readonly string[], args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
    runSuite("suite", "", {
      cwd,
      before: [process.execPath, bin, "exec", ...flags, "--"],
      args,
      env: { ...here.env, ...env },
    });

  const before = await run(["--no-verify"]);
  await succeed([process.execPath, bin, "--endpoint", `hf=${here.demo.endpoints.hf}`], { cwd, env: here.env });
  const after = await run(["--offline"], ["-n", "2"], { CI: "true" });

  expect(before.summary).toContain("  hf:facebook/bart-base: 4 tests skipped\n");
  expect(before.summary).toContain("    preload install\n");
  expect(Object.values(after.outcomes), after.stdout).toEqual(Array(5).fill("passed"));
  expect(after.summary).toContain("  tests/test_summaries.py::test_a_home_of_ones_own\n    left HF_HOME=");
  expect(after.code).toBe(0);
});
