import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cis } from "../src/ci-files/cis.ts";
import { ciNames } from "../src/ci-files/names.ts";
import { type World, world } from "./support/world.ts";

const config = "models: ['hf:preload-demo/tiny-bart']\n";
const github = ".github/workflows/preload.yml";

async function project(
  files: Readonly<Record<string, string>>,
  options: { config?: string } = { config },
): Promise<World> {
  const w = await world({ config: options.config ?? "none" });
  await write(w, files);
  return w;
}

async function write({ project: dir }: World, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
}

const read = ({ project: dir }: World, name: string) => readFile(join(dir, name), "utf8");
const withTests = { "package.json": '{"scripts":{"test":"vitest run"}}' };

describe.each(ciNames)("the file for %s", (ci) => {
  test("is written once, and is then as it has to be", async () => {
    const w = await project(withTests);

    const first = await w.preload(["init", "--ci", ci]);
    const text = await read(w, cis[ci].path);
    const checked = await w.preload(["init", "--ci", ci, "--check"]);
    const second = await w.preload(["init", "--ci", ci]);

    expect([first.code, checked.code, second.code]).toEqual([0, 0, 0]);
    expect(second.stdout).toContain("is as it has to be");
    expect(await read(w, cis[ci].path)).toBe(text);
  });

  test("is looked at by --check, which shows what differs and writes nothing", async () => {
    const w = await project(withTests);
    await w.preload(["init", "--ci", ci]);
    const edited = (await read(w, cis[ci].path)).replace("npm test", "npm run other");
    await write(w, { [cis[ci].path]: edited });

    const { code, stdout, stderr } = await w.preload(["init", "--ci", ci, "--check"]);

    expect(code).toBe(8);
    expect(stdout).toMatch(/^-.*npm run other$/m);
    expect(stdout).toMatch(/^\+.*npm test$/m);
    expect(stderr).toContain(`Run \`preload init --ci ${ci}\` and commit it.`);
    expect(await read(w, cis[ci].path)).toBe(edited);
  });

  test("keeps what stands around its part, to the byte and with its line ends", async () => {
    const w = await project(withTests);
    await w.preload(["init", "--ci", ci]);
    const { comment } = cis[ci];
    const own = `${comment} mine\r\n${(await read(w, cis[ci].path)).replaceAll("\n", "\r\n")}${comment} also mine, without an end`;
    await write(w, { [cis[ci].path]: own.replace("npm test", "npm run other") });

    expect((await w.preload(["init", "--ci", ci])).code).toBe(0);

    expect(await read(w, cis[ci].path)).toBe(own);
  });

  test("of somebody's own is refused, with what to do, and printed with --stdout", async () => {
    const w = await project({ ...withTests, [cis[ci].path]: "mine: 1\n" });

    const refused = await w.preload(["init", "--ci", ci]);
    const checked = await w.preload(["init", "--ci", ci, "--check"]);
    const printed = await w.preload(["init", "--ci", ci, "--stdout"]);

    expect([refused.code, checked.code, printed.code]).toEqual([2, 2, 0]);
    expect(refused.stderr).toContain(`>>> preload: ci ${ci}`);
    expect(printed.stdout).toContain("exec --offline -- npm test");
    expect(await read(w, cis[ci].path)).toBe("mine: 1\n");
  });

  test("goes between marks that a person has put, as deep as these", async () => {
    const { comment, path } = cis[ci];
    const w = await project({
      ...withTests,
      [path]: `      ${comment} >>> preload: ci ${ci}\n${comment} <<< preload: ci ${ci}\n`,
    });

    expect((await w.preload(["init", "--ci", ci])).code).toBe(0);

    expect(
      (await read(w, path))
        .trimEnd()
        .split("\n")
        .every((line) => line.startsWith("      ") || line === ""),
    ).toBe(true);
  });
});

test("a project without a config gets one as well; one that has one keeps it", async () => {
  const w = await project({ ...withTests, "app.py": 'import whisper\nwhisper.load_model("tiny.en")\n' }, {});

  const { code, stdout } = await w.preload(["init", "--ci", "github"]);
  const config = await read(w, "preload.yaml");
  await w.preload(["init", "--ci", "gitlab"]);

  expect(code).toBe(0);
  expect(stdout).toContain(`wrote ${join(w.project, "preload.yaml")}\n`);
  expect(stdout).toContain(`wrote ${join(w.project, github)}\n`);
  expect(config).toContain("whisper:tiny.en");
  expect(await read(w, "preload.yaml")).toBe(config);
});

test("nothing is written where the file of the CI cannot be", async () => {
  const w = await project({ ...withTests, [github]: "mine: 1\n" }, {});

  expect((await w.preload(["init", "--ci", "github"])).code).toBe(2);

  await expect(read(w, "preload.yaml")).rejects.toThrow("ENOENT");
});

test("what flags said is said again the next time, until another flag says otherwise", async () => {
  const w = await project({}, { config: "profiles: { test: ['hf:preload-demo/tiny-bart'] }\n" });
  await w.preload(["init", "--ci", "github", "-p", "test", "--test", "make check", "--setup", "make deps"]);

  const { code } = await w.preload(["init", "--ci", "github", "--check"]);
  await w.preload(["init", "--ci", "github", "--setup", ""]);
  const text = await read(w, github);

  expect(code).toBe(0);
  expect(text).toContain("exec --offline -p test -- make check");
  expect(text).toContain("profiles: test");
  expect(text).not.toContain("make deps");
});

test("where nothing says how tests are run, somebody has to", async () => {
  const w = await project({ "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' });

  const { code, stderr } = await w.preload(["init", "--ci", "github"]);

  expect(code).toBe(2);
  expect(stderr).toContain("--test 'python -m pytest tests'");
});

test("a command of several commands is one for exec", async () => {
  const w = await project({});

  await w.preload(["init", "--ci", "gitlab", "--test", "make a && make 'b c'"]);

  const { script } = parse(await read(w, ".gitlab-ci.yml"))["preload-test"];
  expect(script.at(-1)).toMatch(/ exec --offline -- bash -c 'make a && make '\\''b c'\\'''$/);
});

const found: readonly [string, Readonly<Record<string, string>>, object][] = [
  [
    "nothing but tests",
    { "tests/test_a.py": "", "setup.py": "" },
    { setUp: ["python -m pip install -e ."], tests: ["python -m unittest discover -s tests"] },
  ],
  [
    "a setup.cfg that only configures tools",
    { "requirements.txt": "pytest", "setup.cfg": "[flake8]" },
    { setUp: ["python -m pip install -r requirements.txt"], tests: ["python -m pytest"] },
  ],
  [
    "requirements",
    { "requirements.txt": "torch", "requirements-dev.txt": "pytest" },
    { setUp: ["python -m pip install -r requirements-dev.txt -r requirements.txt"], tests: ["python -m pytest"] },
  ],
  [
    "extras",
    {
      "pyproject.toml":
        '[project]\nname = "x"\nrequires-python = ">=3.9,<3.12"\n[project.optional-dependencies]\ntest = ["pytest"]\ngpu = []\n',
    },
    { setUp: ['python -m pip install -e ".[test]"'], tests: ["python -m pytest"], python: "3.11" },
  ],
  [
    "groups of dependencies",
    { "pyproject.toml": '[project]\nname = "x"\n[dependency-groups]\ndev = ["pytest>=8"]\ndocs = ["sphinx"]\n' },
    {
      setUp: ['python -m pip install --quiet "pip>=25.1"', "python -m pip install -e . --group dev"],
      tests: ["python -m pytest"],
    },
  ],
  [
    "pytest that nothing installs",
    { "pyproject.toml": '[project]\nname = "x"\n[tool.pytest.ini_options]\naddopts = "-q"\n' },
    { setUp: ["python -m pip install -e . pytest"], tests: ["python -m pytest"] },
  ],
  [
    "uv",
    {
      "pyproject.toml": '[project]\nname = "x"\n[tool.pytest.ini_options]\n',
      "uv.lock": "",
      ".python-version": "3.13.1\n",
    },
    { tests: ["uv run --no-sync python -m pytest"], python: "3.13" },
  ],
  [
    "poetry",
    { "pyproject.toml": "[build-system]\n[tool.pytest.ini_options]\n", "poetry.lock": "" },
    { tests: ["poetry run python -m pytest"], python: "3.12" },
  ],
  [
    "npm",
    { "package.json": '{"scripts":{"test":"x"},"dependencies":{"a":"1"}}', "package-lock.json": "{}" },
    { setUp: ["npm ci"], tests: ["npm test"], python: null, node: "24" },
  ],
  [
    "pnpm",
    {
      "package.json": '{"scripts":{"test":"x"},"dependencies":{"a":"1"},"packageManager":"pnpm@10.1.0+sha512.abc"}',
      ".nvmrc": "v22.1\n",
    },
    { setUp: ["npm install --global pnpm@10.1.0", "pnpm install --frozen-lockfile"], tests: ["pnpm test"], node: "22" },
  ],
  [
    "a mark of its encoding in front",
    {
      "package.json": '\uFEFF{"scripts":{"test":"x"}}',
      "pyproject.toml": "\uFEFF[project]\ndependencies = ['pytest']\n",
    },
    { setUp: ["python -m pip install -e ."], tests: ["python -m pytest", "npm test"] },
  ],
  [
    "both",
    { "package.json": '{"scripts":{"test":"x"}}', "requirements.txt": "pytest" },
    { tests: ["python -m pytest", "npm test"] },
  ],
];

test.each(found)("a project with %s is understood", async (_, files, expected) => {
  const w = await project(files);

  const { stdout } = await w.preload(["init", "--ci", "github", "--json"]);

  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    command: "init",
    ok: true,
    ci: "github",
    file: join(w.project, github),
    changed: true,
    ...expected,
  });
});

test("programs get the difference, too", async () => {
  const w = await project(withTests);

  const { code, stdout } = await w.preload(["init", "--ci", "github", "--check", "--json"]);

  expect(code).toBe(8);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    exitCode: 8,
    error: { code: "DRIFT" },
    difference: expect.stringContaining("+jobs:"),
  });
});

test("a project in a folder of a repository has its file where the CI looks, and its steps where it is", async () => {
  const w = await project({ "apps/one/package.json": withTests["package.json"], "apps/one/preload.yaml": config });

  await w.preload(["-C", "apps/one", "init", "--ci", "github"]);
  await w.preload(["-C", "apps/one", "init", "--ci", "gitlab"]);

  expect(parse(await read(w, github)).jobs.preload.defaults.run["working-directory"]).toBe("apps/one");
  const { cache, before_script: before } = parse(await read(w, ".gitlab-ci.yml"))[".preload"];
  expect(cache).toMatchObject({ key: { files: ["apps/one/preload.lock"] }, paths: ["apps/one/.preload"] });
  expect(before[0]).toBe("cd apps/one");
});

test("only for models that need it is there room made on the machine, and a token given", async () => {
  const w = await project(withTests);
  await w.preload(["lock"]);
  const lock = await read(w, "preload.lock");

  await w.preload(["init", "--ci", "github"]);
  const small = await read(w, github);
  await write(w, {
    "preload.lock": lock
      .replace(/"size": \d+/, '"size": 7000000000')
      .replace('"entries": [', '"gated": "auto",\n      "entries": ['),
  });
  await w.preload(["init", "--ci", "github"]);
  const large = await read(w, github);

  expect(small).not.toMatch(/rm -rf|HF_TOKEN/);
  expect(large).toMatch(/RUNNER_ENVIRONMENT[\s\S]*rm -rf/);
  expect(large).toContain("token: $" + "{{ secrets.HF_TOKEN }}");
});

const mistakes: readonly [string, readonly string[], string, Readonly<Record<string, string>>][] = [
  ["a flag without --ci", ["init", "--check"], "--check is about the file of a CI", {}],
  ["an unknown CI", ["init", "--ci", "travis"], "Allowed choices are github", {}],
  ["marks that are no pair", ["init", "--ci", "github"], "are no pair", { [github]: "# >>> preload: ci github\n" }],
  [
    "settings that are none",
    ["init", "--ci", "github"],
    "is no JSON",
    { [github]: "# >>> preload: ci github\n# With {\n# <<< preload: ci github\n" },
  ],
];

test.each(mistakes)("%s is told", async (_, args, words, files) => {
  const w = await project({ ...withTests, ...files });

  const { code, stderr } = await w.preload(args);

  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test("there is nothing to check before there is a config", async () => {
  const w = await project(withTests, {});

  const { code, stderr } = await w.preload(["init", "--ci", "github", "--check"]);

  expect(code).toBe(2);
  expect(stderr).toContain("`preload init` writes one");
});

test("the part of another folder of the repository is not written over", async () => {
  const files = { "requirements.txt": "pytest", "preload.yaml": config };
  const inFolder = (name: string) => Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]);
  const w = await project(Object.fromEntries([...inFolder("one"), ...inFolder("two")]), {});
  await w.preload(["-C", "one", "init", "--ci", "github"]);
  const before = await readFile(join(w.project, github), "utf8");

  const other = await w.preload(["-C", "two", "init", "--ci", "github"]);

  expect(other.stderr).toContain("has the part for one, and this is two");
  expect(other.stderr).toContain("--ci-file");
  expect(other.code).toBe(2);
  expect(await readFile(join(w.project, github), "utf8")).toBe(before);
  expect((await w.preload(["-C", "one", "init", "--ci", "github", "--check"])).code).toBe(0);
});
