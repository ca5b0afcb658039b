import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { demoCatalog } from "@preload/demo-origin";
import { describe, expect, inject, test } from "vitest";
import { pythonOf } from "../src/make-environment.ts";
import { succeed } from "../src/run-program.ts";
import { copySuite, pluginDir, runSuite, type SuiteOptions } from "../src/run-suite.ts";
import { world } from "../src/world.ts";

const here = "hf:preload-demo/tiny-bart";
const absent = "hf:preload-demo/tiny-led-bin";
const config = `profiles: { test: [${here}], other: [${absent}] }\ndefault: [test]\n`;

/** A home with one model, and the variables that lead a pytest to the plugin and the plugin to that home. */
async function withModels(): Promise<NodeJS.ProcessEnv> {
  const place = await world(await demoCatalog());
  await place.preloaded(["install"], { config });
  const { environment } = JSON.parse(await place.preloaded(["pytest-plugin", "--json"], { config }));
  return { ...place.env, ...environment };
}

const skipped = {
  test_needs_nothing: "passed",
  test_is_here: "passed",
  test_is_absent: "skipped",
  test_one_of_two_is_absent: "skipped",
  test_package_is_absent: "skipped",
  "test_of_parameters[here]": "passed",
  "test_of_parameters[absent]": "skipped",
  test_is_expected_to_fail: "skipped",
  test_is_skipped_anyway: "skipped",
  test_of_a_case: "skipped",
  test_of_a_module: "skipped",
};
const refused = {
  ...Object.fromEntries(
    Object.entries(skipped).map(([name, outcome]) => [name, outcome === "skipped" ? "error" : outcome]),
  ),
  test_is_skipped_anyway: "skipped",
};
const ways: readonly (readonly [string, readonly string[]])[] = [
  ["in one process", []],
  ["under xdist", ["-n", "2"]],
];

describe.each(["pytest7", "pytest8", "pytest9"] as const)("%s", (place) => {
  describe.each(ways)("%s", (_, how) => {
    const run = (suite: string, { args = [], ...options }: SuiteOptions = {}) =>
      runSuite(place, suite, { args: [...how, ...args], ...options });

    test("a test whose model or package is not here is skipped, and counted once by model", async () => {
      const { code, outcomes, summary } = await run("models", { env: await withModels() });

      expect(outcomes).toEqual(skipped);
      expect(code).toBe(0);
      expect(summary).toContain(`  ${absent}: 6 tests skipped\n    ${absent} is neither locked`);
      expect(summary).toContain("  hf:org/nobody-knows-it: 1 test skipped\n");
      expect(summary).toContain("    preload add hf:org/nobody-knows-it && preload install\n");
      expect(summary).toContain("  package no_such_package: 1 test skipped\n");
    });

    test("in CI it fails, and all that is missing is told once, before the first test", async () => {
      const { code, outcomes, stdout } = await run("models", { env: { ...(await withModels()), CI: "true" } });

      const [start = ""] = stdout.split(/^=+ ERRORS =+$/m);
      expect(outcomes).toEqual(refused);
      expect(code).toBe(1);
      expect(start.split(`${absent} is neither locked`)).toHaveLength(2);
      expect(start.split("hf:org/nobody-knows-it is neither locked")).toHaveLength(2);
    });

    test("a test that tried to reach out fails, whatever it made of the answer", async () => {
      const { outcomes, summary } = await run("network", {
        args: ["--guard-network", "test_network.py"],
        before: await cutOff(),
      });

      expect(outcomes).toEqual({
        test_stays_here: "passed",
        test_uses_a_socket_of_this_machine: "passed",
        test_swallows: "failed",
        test_skips_itself: "failed",
        test_fails_of_it: "failed",
        test_by_a_thread: "failed",
        test_by_a_child: "failed",
        test_may_ask_this_host: "passed",
        test_may_not_ask_another_one: "failed",
        test_first_with_the_fixture: "error",
        test_in_its_teardown: "error",
        test_of_a_case: "failed",
      });
      expect(summary).toContain(
        "  test_network.py::test_swallows\n    tried to reach huggingface.co:443, GET /org/name/resolve/main/config.json\n",
      );
      expect(summary).toContain("for org/name config.json: `preload add hf:org/name` and `preload` bring it");
      expect(summary).toContain(
        "  setup of test_network.py (module fixture shared)\n    tried to reach shared.invalid",
      );
      expect(summary).toMatch(/test_by_a_child\n {4}tried to reach child\.invalid:443, GET \/\n {6}in .*python/);
      expect(summary).not.toContain("secret");
      expect(summary).not.toContain("host allowed.invalid");
    });

    test("so does a file that reached out while it was imported", async () => {
      const { code, summary } = await run("network", { args: ["--guard-network", "test_import.py"] });

      expect(code).not.toBe(0);
      expect(summary).toContain("  collection of test_import.py\n    tried to reach import.invalid:443");
    });

    test("without the option nothing is guarded", async () => {
      const { outcomes, summary } = await run("network", { before: await cutOff() });

      expect(Object.entries(outcomes).filter(([, outcome]) => outcome === "failed")).toEqual([
        ["test_fails_of_it", "failed"],
      ]);
      expect(summary).toBe("");
    });

    test("a test that deletes a model fails, one that downloads is named", async () => {
      const cwd = await withCaches("inventory", ["whole", "part", "free", "childs"]);

      const { outcomes, summary } = await run("inventory", { cwd, env: { HF_HUB_CACHE: join(cwd, "hub") } });

      const isAlone = how.length === 0;
      expect(outcomes).toEqual({
        test_reads: "passed",
        test_deletes_a_model: "error",
        test_deletes_a_file: "error",
        test_may_delete: "passed",
        test_deletes_elsewhere: "passed",
        test_downloads: "passed",
        // Beside other processes nobody can say which test's child it was.
        test_deletes_by_a_child: isAlone ? "error" : "passed",
      });
      expect(summary).toContain("hf:org/whole, deleted during test_inventory.py::test_deletes_a_model: all of it");
      expect(summary).toContain(
        "hf:org/part, deleted during test_inventory.py::test_deletes_a_file: config.json, from",
      );
      expect(summary).toContain("hf:org/new, downloaded during test_inventory.py::test_downloads: all of it");
      expect(summary).toContain("    preload add hf:org/new && preload\n");
      expect(summary).toContain(
        `hf:org/childs, deleted during ${isAlone ? "test_inventory.py::test_deletes_by_a_child" : "the run"}`,
      );
      expect(summary.split("hf:org/whole")).toHaveLength(2);
    });

    test("variables are put back after each test, and the test is named", async () => {
      const { code, outcomes, summary } = await run("environment", {
        args: how.length === 0 ? [] : ["--dist", "loadfile"],
        env: { TORCH_HOME: "/torch" },
      });

      expect(Object.values(outcomes)).toEqual(Array(6).fill("passed"));
      expect(code).toBe(0);
      expect(summary).toBe(
        [
          "left variables changed:",
          "  test_environment.py::test_leaves_variables",
          "    left HF_HOME=/left; it was not set, and was put back",
          "    left HF_TOKEN changed; it was put back",
          "    left TORCH_HOME unset; it was put back to /torch",
          "",
        ].join("\n"),
      );
    });
  });

  test("--strict-env fails the test that left them changed", async () => {
    const { code, outcomes } = await runSuite(place, "environment", {
      args: ["--strict-env"],
      env: { TORCH_HOME: "/torch" },
    });

    expect(code).toBe(1);
    expect(outcomes).toMatchObject({ test_leaves_variables: "error", test_finds_them_as_they_were: "passed" });
  });

  test("--require-models and --no-require-models go before CI", async () => {
    const env = await withModels();

    const required = await runSuite(place, "models", { args: ["--require-models"], env });
    const forgiven = await runSuite(place, "models", { args: ["--no-require-models"], env: { ...env, CI: "true" } });

    expect(required.outcomes).toEqual(refused);
    expect(forgiven.outcomes).toEqual(skipped);
  });

  test("a test that is run again does not pass because it remembers the answer", async () => {
    const cwd = await copySuite("again");

    const { outcomes } = await runSuite(place, "again", { cwd, args: ["--guard-network", "--reruns", "2"] });

    expect(outcomes).toEqual({ test_asks_once: "failed", test_is_flaky: "passed" });
  });

  test("a subtest that reached out fails", async () => {
    const { code, stdout, summary } = await runSuite(place, "subtests", { args: ["--guard-network"] });

    expect(code).toBe(1);
    expect(stdout).toMatch(/^.*SUBFAIL.*$/m);
    expect(summary.split("tried to reach subtest.invalid")).toHaveLength(2);
  });

  test.each([
    ["--collect-only", ["--collect-only", "-q"]],
    ["-s", ["-s"]],
    ["another order of plugins", ["-p", "preload_pytest"]],
  ])("works with %s", async (name, args) => {
    const { code, stdout } = await runSuite(place, "models", { args, env: await withModels() });

    expect(code).toBe(0);
    expect(stdout).toContain(name === "--collect-only" ? "11 tests collected" : "3 passed, 8 skipped");
  });

  test("the options and markers are in pytest's own help", async () => {
    const options = await runSuite(place, "models", { args: ["--help"] });
    const markers = await runSuite(place, "models", { args: ["--markers"] });

    for (const option of ["--require-models", "--no-require-models", "--guard-network", "--strict-env"])
      expect(options.stdout).toContain(option);
    for (const marker of ["requires_model(", "allow_hosts(", "removes_models"])
      expect(markers.stdout).toContain(marker);
  });
});

test("a marker that is misspelt is refused, with the test", async () => {
  const cwd = await copySuite("models");
  const text = 'import pytest\n@pytest.mark.require_models("hf:a/b")\ndef test_it(): pass\n';
  await writeFile(join(cwd, "test_typo.py"), text);

  const { code, stdout, stderr } = await runSuite("pytest9", "models", {
    cwd,
    args: ["-o", "strict_markers=false", "test_typo.py"],
  });

  expect(code).toBe(4);
  expect(stdout + stderr).toContain("test_it: there is no marker require_models; it is called requires_model");
});

test("a test of a model that there cannot be fails, also where others are skipped", async () => {
  const cwd = await copySuite("models");
  const marked = (name: string, ref: string) => `@pytest.mark.requires_model("${ref}")\ndef ${name}(): pass\n`;
  const text = `import pytest\n${marked("test_slip", "whisper:tin.en")}${marked("test_absent", absent)}`;
  await writeFile(join(cwd, "test_slip.py"), text);

  const { outcomes, stdout } = await runSuite("pytest9", "models", {
    cwd,
    args: ["test_slip.py"],
    env: await withModels(),
  });

  const [start = ""] = stdout.split(/^=+ ERRORS =+$/m);
  expect(outcomes).toEqual({ test_slip: "error", test_absent: "skipped" });
  expect(start).toContain(
    "cannot run as they are\nwhisper:tin.en: unknown whisper model tin.en; did you mean tiny.en?",
  );
  expect(start).not.toContain(absent);
});

test("a marker that names nothing is refused, with the test", async () => {
  const cwd = await copySuite("models");
  await writeFile(join(cwd, "test_wrong.py"), "import pytest\n@pytest.mark.requires_model()\ndef test_it(): pass\n");

  const { code, stdout, stderr } = await runSuite("pytest9", "models", { cwd, args: ["test_wrong.py"] });

  expect(code).toBe(4);
  expect(stdout + stderr).toContain("test_wrong.py::test_it: requires_model takes refs and package=");
});

test("where nobody can say whether a model is here, that is what is said", async () => {
  const gone = await runSuite("pytest9", "models");
  const broken = await runSuite("pytest9", "models", {
    env: { PRELOAD_PYTEST: JSON.stringify([process.execPath, "-e", "throw new Error('it broke')"]) },
  });

  expect(gone.summary).toContain(`${absent} may be here or not: there is no \`preload\` here to ask`);
  expect(broken.summary).toContain("ended with 1: ");
  expect(broken.summary).toContain("it broke");
});

test("what preload said earlier can be given as a file", async () => {
  const cwd = await copySuite("models");
  const models = [{ asked: here, state: "ready" }];
  await writeFile(join(cwd, "models.json"), JSON.stringify({ models }));

  const { outcomes, summary } = await runSuite("pytest9", "models", { cwd, env: { PRELOAD_READINESS: "models.json" } });

  expect(outcomes).toEqual(skipped);
  expect(summary).toContain("models.json (PRELOAD_READINESS) does not mention it");
});

test("a copy of it beside conftest.py is enough, but for the guard", async () => {
  const place = await world(await demoCatalog());
  const cwd = await copySuite("models");
  await place.preloaded(["pytest-plugin", "--write", cwd]);
  await writeFile(join(cwd, "conftest.py"), 'pytest_plugins = ["preload_pytest"]\n');

  const marked = await runSuite("pytest9", "models", { cwd, env: { PYTHONPATH: "" } });
  const both = await runSuite("pytest9", "models", { cwd });
  const guarded = await runSuite("pytest9", "models", { cwd, args: ["--guard-network"], env: { PYTHONPATH: "" } });

  expect(marked.outcomes).toEqual({ ...skipped, test_is_here: "skipped" });
  expect(both.outcomes).toEqual(marked.outcomes);
  expect([guarded.code, guarded.stderr]).toEqual([4, expect.stringContaining("--guard-network needs preload_guard")]);
});

test("all of it is written in a Python that 3.8 reads", async () => {
  const program = `import ast, pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    ast.parse(path.read_text("utf-8"), str(path), feature_version=(3, 8))
    print(path.name)`;

  const read = await succeed([pythonOf("pytest9"), "-c", program, pluginDir]);

  expect(read.split("\n")).toContain("preload_pytest.py");
});

/** Below pytest: what is not guarded must not leave the machine either. */
async function cutOff(): Promise<readonly string[]> {
  return [...inject("prepared").cutOff, join(await tempDir(), "counters")];
}

async function withCaches(suite: string, names: readonly string[]): Promise<string> {
  const cwd = await copySuite(suite);
  for (const name of names) {
    const folder = join(cwd, "hub", `models--org--${name}`);
    await mkdir(join(folder, "snapshots/abc"), { recursive: true });
    for (const file of ["config.json", "model.safetensors"]) await writeFile(join(folder, "snapshots/abc", file), "{}");
  }
  return cwd;
}
