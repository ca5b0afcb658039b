import { execFile } from "node:child_process";
import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { world } from "./support/world.ts";

const bart = "hf:preload-demo/tiny-bart";

test("the lines lead Python to the plugin, and the plugin to preload", async () => {
  const { preload, project, env } = await world();
  const { stdout } = await preload(["pytest-plugin", "--shell", "bash"], { env: { PYTHONPATH: "/mine" } });
  await writeFile(join(project, "env.sh"), stdout);

  const seen = await promisify(execFile)(
    "bash",
    ["-c", '. ./env.sh; printf "%s\\n%s" "$PYTHONPATH" "$PRELOAD_PYTEST"'],
    {
      cwd: project,
      env,
    },
  );

  const [path = "", command = ""] = seen.stdout.split("\n");
  const [folder = "", ...others] = path.split(":");
  expect(others).toEqual(["/mine"]);
  expect(await readFile(join(folder, "preload_pytest.py"), "utf8")).toContain("def pytest_configure");
  const [program = "", ...args] = JSON.parse(command);
  const answer = await promisify(execFile)(program, [...args, bart], { cwd: "/", env });
  expect(JSON.parse(answer.stdout)).toMatchObject({
    version: 1,
    command: "pytest-plugin",
    models: [{ asked: bart, state: "missing", fetch: "preload install" }],
  });
});

test("where plugins are not looked for, it is named", async () => {
  const { preload } = await world();

  const { stdout } = await preload(["pytest-plugin", "--shell", "dotenv"], {
    env: { PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1", PYTEST_PLUGINS: "mine,preload_pytest" },
  });

  expect(stdout).toContain("PYTEST_PLUGINS=mine,preload_pytest\n");
});

test("--json says of each model whether it can be used, and what brings it", async () => {
  const { preload, whisper, hub } = await world();
  await preload(["install"]);
  await appendFile(join(whisper, "tiny-demo.pt"), "x");

  const refs = [bart, `${bart}@v1.0`, "whisper:tiny-demo", "hf:org/other", "hff:org/name", "whisper:tin.en"];
  const { code, stdout } = await preload(["pytest-plugin", "--json", ...refs]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout).models).toMatchObject([
    { asked: bart, state: "ready", reason: null, hint: null, fetch: null },
    { asked: `${bart}@v1.0`, state: "missing" },
    { asked: "whisper:tiny-demo", state: "broken", fetch: "preload install" },
    {
      asked: "hf:org/other",
      state: "missing",
      reason: `hf:org/other is neither locked nor was it installed into ${hub} (XDG_CACHE_HOME)`,
      hint: null,
      fetch: "preload add hf:org/other && preload install",
    },
    { asked: "hff:org/name", state: "refused", reason: 'hff:org/name: nothing here fetches "hff:"', fetch: null },
    {
      asked: "whisper:tin.en",
      state: "refused",
      reason: "whisper:tin.en: unknown whisper model tin.en; did you mean tiny.en?",
      fetch: null,
    },
  ]);
});

test("a model is the config's, whoever says its revision", async () => {
  const { preload, demo } = await world({ config: "none" });
  const commit = demo.catalog.repos.find(({ id }) => `hf:${id}` === bart)?.revisions.get("main")?.sha ?? "";
  const { preload: pinned } = await world({ config: `models: [{ ref: "${bart}@${commit}", alias: main }]` });
  await pinned(["install"]);

  const { stdout } = await pinned(["pytest-plugin", "--json", bart]);

  expect(JSON.parse(stdout).models).toMatchObject([{ asked: bart, state: "ready" }]);
  const { stdout: other } = await preload(["pytest-plugin", "--json", bart]);
  expect(JSON.parse(other).models).toMatchObject([
    { state: "missing", fetch: `preload add ${bart} && preload install` },
  ]);
});

test("under exec a directory has the rule by which it was chosen before exec named it", async () => {
  const { preload, hub } = await world({ config: `models: [${bart}]` });
  const ask = `eval "set -- $(printf %s "$PRELOAD_PYTEST" | tr -d '[]' | tr ',' ' ')"; "$@" ${bart}`;

  const { stdout } = await preload(["exec", "--no-verify", "--", "sh", "-c", ask]);
  const { stdout: moved } = await preload(["exec", "--no-verify", "--", "sh", "-c", `HF_HUB_CACHE=/other; ${ask}`]);

  expect(JSON.parse(stdout).models[0].reason).toContain(`installed into ${hub} (XDG_CACHE_HOME)`);
  expect(JSON.parse(moved).models[0].reason).toContain("installed into /other (HF_HUB_CACHE)");
});

test("nothing is asked of the network", async () => {
  const { preload, demo } = await world();
  demo.origin.clear();

  await preload(["pytest-plugin", "--json", bart, "hf:org/other"]);

  expect(demo.origin.requests).toEqual([]);
});

test("--write makes a file to commit, which --check compares", async () => {
  const { preload, project } = await world();
  await mkdir(join(project, "tests"));
  const path = join(project, "tests/preload_pytest.py");

  const absent = await preload(["pytest-plugin", "--check", "tests"]);
  const written = await preload(["pytest-plugin", "--write", "tests"]);
  const fresh = await preload(["pytest-plugin", "--check", "tests"]);
  await appendFile(path, "# changed\n");
  const stale = await preload(["pytest-plugin", "--check", "tests"]);
  const again = await preload(["pytest-plugin", "--write", "tests", "--json"]);

  expect([absent.code, absent.stderr]).toEqual([8, expect.stringContaining("--write tests")]);
  expect(written.stdout).toContain(`wrote ${path}\n`);
  expect([fresh.code, fresh.stdout]).toEqual([0, `${path} is up to date\n`]);
  expect([stale.code, stale.stderr]).toEqual([8, expect.stringContaining("is not the plugin of preload")]);
  expect(JSON.parse(again.stdout)).toMatchObject({ path, changed: true, exitCode: 0 });
  expect((await readFile(path, "utf8")).split("\n", 1)[0]).toMatch(/^# Written by preload \d/);
});

test.each([
  [["--write", "nowhere"], "there is no such folder"],
  [["--write", "mine"], "is not a file that preload wrote"],
  [["--write", "."].concat(bart), "is for no model"],
  [["--write", ".", "--check", "."], "cannot be used with"],
  [["--shell", "docker"], "docker"],
])("%j is refused with exit 2", async (args, message) => {
  const { preload, project } = await world();
  await mkdir(join(project, "mine"));
  await writeFile(join(project, "mine/preload_pytest.py"), "print('mine')\n");

  const { code, stderr } = await preload(["pytest-plugin", ...args]);

  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
