import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { expect, test } from "vitest";
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
  const { code, outcomes, summary, stdout } = await exec(["--offline"], ["-n", "2", "test_preloaded.py"]);

  expect(outcomes, stdout).toEqual({
    test_tokenizer: "passed",
    test_model: "passed",
    test_file: "passed",
    test_all_of_it: "passed",
  });
  expect(code).toBe(0);
  expect(summary).toBe("");
});

test("a model that nobody preloaded is named with test, host, repository and file", async () => {
  const { code, outcomes, summary, stdout } = await exec(
    ["--offline"],
    ["-n", "2", "--guard-network", "test_forgotten.py"],
  );

  expect(code).not.toBe(0);
  expect(outcomes, stdout).toEqual({
    test_forgotten: "failed",
    test_forgotten_and_swallowed: "skipped",
    test_online_in_a_child: "failed",
  });
  expect(summary).toMatch(
    new RegExp(`test_forgotten\\.py::test_forgotten asked huggingface\\.co for ${led} \\S+\\.json, which is not`),
  );
  expect(summary).toContain(`    preload add hf:${led} && preload\n`);
  expect(summary).toMatch(
    new RegExp(
      `test_online_in_a_child\\n[^]*? {4}tried to reach huggingface\\.co:443, (HEAD|GET) /${led}/resolve/main/config\\.json`,
    ),
  );
});
