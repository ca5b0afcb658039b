import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTerminal, preloadOnPath } from "./support/shell.ts";
import { type World, world } from "./support/world.ts";

const code = `import whisper
from transformers import AutoModel
from sentence_transformers import SentenceTransformer

model = AutoModel.from_pretrained("facebook/bart-base", revision="38335783885b338d93791936c54bb4be46bebed9")
other = AutoModel.from_pretrained("facebook/bart-base")
search = SentenceTransformer("all-MiniLM-L6-v2")
speech = whisper.load_model("tiny.en")
unknown = AutoModel.from_pretrained(input())
`;

async function withCode(): Promise<World> {
  const w = await world({ config: "none" });
  await mkdir(join(w.project, "src"));
  await writeFile(join(w.project, "src/app.py"), code);
  return w;
}

const read = ({ project }: World, name: string) => readFile(join(project, name), "utf8");

describe("without a terminal", () => {
  test("nothing is asked: the models of the code are listed, with where it uses them", async () => {
    const w = await withCode();

    const { code: exitCode, stdout, stderr } = await w.preload(["init"]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`wrote ${join(w.project, "preload.yaml")}\nwrote ${join(w.project, ".gitattributes")}\n`);
    expect(stderr).toMatch(/1 place where it cannot be told which model is loaded:\n {2}src\/app.py:9 /);
    expect((await read(w, "preload.yaml")).split("\n").slice(3, 13).join("\n")).toBe(`models:
  - ref: hf:facebook/bart-base  # src/app.py:5 and 1 more
    revision: "38335783885b338d93791936c54bb4be46bebed9"
    alias: main
  - ref: hf:sentence-transformers/all-MiniLM-L6-v2  # src/app.py:7
    for: sentence-transformers
  - whisper:tiny.en  # src/app.py:8

# Several lists in place of \`models\`, which \`-p NAME\` chooses from:
#`);
    expect(await read(w, ".gitattributes")).toBe("preload.lock linguist-generated=true text eol=lf -merge\n");
  });

  test("the config is one that works", async () => {
    const w = await withCode();
    await w.preload(["init", "--from-code", "src"]);

    const { models } = JSON.parse((await w.preload(["list", "--json"])).stdout);

    expect(models.map(({ ref }: { ref: string }) => ref).sort()).toEqual([
      "hf:facebook/bart-base@38335783885b338d93791936c54bb4be46bebed9",
      "hf:sentence-transformers/all-MiniLM-L6-v2",
      "whisper:tiny.en",
    ]);
  });

  test("programs get a document", async () => {
    const w = await withCode();

    const { stdout } = await w.preload(["init", "--from-code", "--no-gitattributes", "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      command: "init",
      ok: true,
      config: join(w.project, "preload.yaml"),
      gitattributes: null,
      models: [
        { ref: "hf:facebook/bart-base", revisions: ["38335783885b338d93791936c54bb4be46bebed9"] },
        { ref: "hf:sentence-transformers/all-MiniLM-L6-v2", options: { for: "sentence-transformers" } },
        { ref: "whisper:tiny.en", uses: [{ file: "src/app.py", line: 8 }] },
      ],
      unclear: [{ file: "src/app.py", line: 9 }],
    });
  });

  test("where no code is, or none is to be looked at, a config without models is explained", async () => {
    const w = await withCode();

    const { stdout } = await w.preload(["init", "--no-from-code"]);
    const ran = await w.preload([]);

    expect(stdout).toContain("Next: name models in it");
    expect(await read(w, "preload.yaml")).toContain("models: []\n# models:\n#   - whisper:tiny.en\n");
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining("name no model")]);
  });

  test("what its comments show can be uncommented", async () => {
    const w = await withCode();
    await w.preload(["init", "--no-from-code"]);
    const shown = (await read(w, "preload.yaml")).split("\n").slice(8);
    const text = shown.map((line) => line.replace(/^# ?/, "")).filter((line) => !line.startsWith("Several lists"));
    await writeFile(join(w.project, "preload.yaml"), text.join("\n"));

    const { code: exitCode, stderr } = await w.preload(["list"]);

    expect([exitCode, stderr]).toEqual([0, ""]);
  });
});

describe("[tool.preload]", () => {
  test("is put behind what pyproject.toml says", async () => {
    const w = await withCode();
    await writeFile(join(w.project, "pyproject.toml"), '[project]\nname = "app"');

    await w.preload(["init", "--pyproject", "--yes"]);
    const { models } = JSON.parse((await w.preload(["list", "--json"])).stdout);

    const text = await read(w, "pyproject.toml");
    expect(text).toMatch(/^\[project\]\nname = "app"\n\n\[tool\.preload\]\n# /);
    expect(text).toContain('{ ref = "hf:sentence-transformers/all-MiniLM-L6-v2", for = "sentence-transformers" },');
    expect(models).toHaveLength(3);
  });

  test("is not the default where there is a pyproject.toml", async () => {
    const w = await withCode();
    await writeFile(join(w.project, "pyproject.toml"), "[project]\n");

    await w.preload(["init"]);

    expect(await read(w, "pyproject.toml")).toBe("[project]\n");
    expect(await read(w, "preload.yaml")).toContain("whisper:tiny.en");
  });
});

describe("a config that is there", () => {
  const mine = "models: [whisper:base]\n";

  test("is left alone", async () => {
    const w = await world({ config: mine });

    const { code: exitCode, stderr } = await w.preload(["init", "--yes"]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`there is a config already: ${join(w.project, "preload.yaml")}`);
    expect(stderr).toContain("preload add REF");
    expect(await read(w, "preload.yaml")).toBe(mine);
  });

  test("above this folder, too, counts", async () => {
    const w = await world({ config: mine });
    await mkdir(join(w.project, "part"));

    expect((await w.preload(["init", "-C", "part"])).code).toBe(2);
    expect((await w.preload(["init", "-C", "part", "--force"])).code).toBe(0);
  });

  test("is replaced with --force", async () => {
    const w = await world({ config: mine });

    expect((await w.preload(["init", "--force", "--no-from-code"])).code).toBe(0);
    expect(await read(w, "preload.yaml")).toContain("models: []");
  });

  test("is in the way of a pyproject.toml, whatever is said", async () => {
    const w = await world({ config: mine });

    const { code: exitCode, stderr } = await w.preload(["init", "--force", "--pyproject"]);

    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("Take it out first")]);
  });
});

test(".gitattributes keeps what it says, and is not written twice or outside of a repository", async () => {
  const w = await withCode();
  await writeFile(join(w.project, ".gitattributes"), "*.png binary");
  await w.preload(["init"]);
  const text = await read(w, ".gitattributes");
  await w.preload(["init", "--force"]);
  const again = await read(w, ".gitattributes");
  await rm(join(w.project, ".git"), { recursive: true });
  await rm(join(w.project, ".gitattributes"));
  await w.preload(["init", "--force"]);

  expect(text).toBe("*.png binary\npreload.lock linguist-generated=true text eol=lf -merge\n");
  expect(again).toBe(text);
  await expect(read(w, ".gitattributes")).rejects.toThrow("ENOENT");
});

describe.skipIf(process.platform !== "linux")("at a terminal", () => {
  async function started(w: World, command: string) {
    const terminal = openTerminal(`${command}; echo "exit $?"`, {
      cwd: w.project,
      env: { ...w.env, PATH: await preloadOnPath(w.home) },
    });
    onTestFinished(() => terminal.close());
    return terminal;
  }

  test("each thing is asked, and an empty answer takes what is proposed", async () => {
    const w = await withCode();
    await writeFile(join(w.project, "pyproject.toml"), "[project]\n");
    const terminal = await started(w, "preload init");

    await terminal.type("", /Write \[tool\.preload\] there, and no preload\.yaml\? \[y\/N\] /);
    const found = await terminal.type("\r", /List these\? \[Y\/n\] /);
    await terminal.type("\r", /Say in \.gitattributes .*\? \[Y\/n\] /);
    const end = await terminal.type("n\r", /exit \d/);

    expect(found).toContain("whisper:tiny.en  src/app.py:8");
    expect(end).toContain("exit 0");
    expect(await read(w, "preload.yaml")).toContain("- whisper:tiny.en");
    await expect(read(w, ".gitattributes")).rejects.toThrow("ENOENT");
  });

  test("no is an answer, too", async () => {
    const w = await withCode();
    const terminal = await started(w, "preload init --gitattributes");

    await terminal.type("", /List these\? \[Y\/n\] /);
    const end = await terminal.type("no\r", /exit \d/);

    expect(end).toContain("exit 0");
    expect(await read(w, "preload.yaml")).toContain("models: []");
  });

  test("Ctrl-C writes nothing", async () => {
    const w = await withCode();
    const terminal = await started(w, "preload init");

    await terminal.type("", /List these\? \[Y\/n\] /);
    const end = await terminal.type("\u0003", /exit \d+/);

    expect(end).toContain("exit 130");
    await expect(read(w, "preload.yaml")).rejects.toThrow("ENOENT");
  });

  test("Ctrl-D leaves, and writes nothing", async () => {
    const w = await withCode();
    const terminal = await started(w, "preload init");

    await terminal.type("", /List these\? \[Y\/n\] /);
    const end = await terminal.type("\u0004", /exit \d+/);

    expect(end).toContain("exit 130");
    await expect(read(w, "preload.yaml")).rejects.toThrow("ENOENT");
  });

  test("every question has a flag", async () => {
    const w = await withCode();
    await writeFile(join(w.project, "pyproject.toml"), "[project]\n");

    const all = await started(w, "preload init --no-pyproject --no-from-code --no-gitattributes");
    expect(await all.type("", /exit \d/)).not.toContain("[Y/n]");
    const code = await started(w, "preload init --from-code --force");
    expect(await code.type("", /exit \d/)).not.toContain("[Y/n]");
  });
});
