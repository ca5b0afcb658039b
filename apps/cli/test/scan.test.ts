import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type World, world } from "./support/world.ts";

const commit = "38335783885b338d93791936c54bb4be46bebed9";

async function project(config: string, files: Readonly<Record<string, string>>): Promise<World> {
  const made = await world({ config });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(made.project, name)), { recursive: true });
    await writeFile(join(made.project, name), text);
  }
  return made;
}

const app = `import whisper
from transformers import AutoModel
from app.names import SUMMARIZER

def load(name=SUMMARIZER, revision=None):
    return AutoModel.from_pretrained(name, revision=revision)

whisper.load_model("tiny.en")
`;
const names = `SUMMARIZER = "facebook/bart-base"\n`;

describe("what is found", () => {
  test("is listed with its place, and where the name is written", async () => {
    const { preload, demo } = await project("models: []", { "app/main.py": app, "app/names.py": names });

    const { code, stdout } = await preload(["scan"]);

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^app\/main\.py:6 +hf:facebook\/bart-base +AutoModel\.from_pretrained, named in app\/names\.py:1$/m,
    );
    expect(stdout).toMatch(/^app\/main\.py:8 +whisper:tiny\.en +whisper\.load_model$/m);
    expect(demo.origin.requests).toEqual([]);
  });

  test("of a notebook is known by its cell", async () => {
    const cells = [
      { cell_type: "markdown", source: ["# Talk"] },
      { cell_type: "code", source: ["%pip install spacy\n", "import spacy\n", "nlp = spacy.load('en_core_web_sm')"] },
    ];
    const { preload } = await project("models: []", { "talk.ipynb": JSON.stringify({ cells, nbformat: 4 }) });

    const { stdout } = await preload(["scan"]);

    expect(stdout).toMatch(/^talk\.ipynb:cell 2:3 +spacy:en_core_web_sm /m);
  });

  test("in JavaScript and in a config counts, too", async () => {
    const { preload } = await project("models: []", {
      "web/a.ts": `import { pipeline } from "@huggingface/transformers";\nawait pipeline("summarization", "Xenova/distilbart-cnn-6-6");\n`,
      "settings.yaml": "asr:\n  whisper_model: base.en\n",
    });

    const { stdout } = await preload(["scan"]);

    expect(stdout).toMatch(/^web\/a\.ts:2 +hf:Xenova\/distilbart-cnn-6-6 +pipeline$/m);
    expect(stdout).toMatch(/^settings\.yaml:2 +whisper:base\.en +asr\.whisper_model$/m);
  });

  test("where it cannot be told, it says why", async () => {
    const { preload } = await project("models: []", {
      "a.py": `import sys\nfrom transformers import pipeline\npipeline("summarization")\npipeline("ner", model=sys.argv[1])\n`,
    });

    const { code, stdout, stderr } = await preload(["scan"]);

    expect(stdout).toContain(
      "Cannot tell\n  a.py:3  transformers.pipeline: the library chooses a model by itself\n  a.py:4 ",
    );
    expect(stderr).toContain("2 places where it cannot be told");
    expect(code).toBe(0);
  });
});

describe("beside a config", () => {
  test("what it lacks and what nothing uses are listed, and it informs only", async () => {
    const { preload } = await project("models: [hf:facebook/bart-base, spacy:en_core_web_sm]", {
      "app/main.py": app,
      "app/names.py": names,
    });

    const { code, stdout } = await preload(["scan"]);

    expect(stdout).toContain("Not in the config\n  whisper:tiny.en  app/main.py:8\n");
    expect(stdout).toContain("In the config, and not found in the code\n  spacy:en_core_web_sm  (default)\n");
    expect(code).toBe(0);
  });

  test("--check ends with 8 when it lacks a model, and says how to add it", async () => {
    const { preload } = await project("models: [hf:facebook/bart-base]", { "app/main.py": app, "app/names.py": names });

    const { code, stderr } = await preload(["scan", "--check"]);

    expect(code).toBe(8);
    expect(stderr).toContain("1 model of the code is not in ");
    expect(stderr).toContain("preload add whisper:tiny.en");
  });

  test("--check ends with 0 when it has every model, also if it has more", async () => {
    const { preload } = await project("models: [hf:facebook/bart-base, whisper:tiny.en, whisper:base]", {
      "app/main.py": app,
      "app/names.py": names,
    });

    expect((await preload(["scan", "--check"])).code).toBe(0);
  });

  test("--exclude leaves out what --check need not judge", async () => {
    const { preload } = await project("models: [hf:facebook/bart-base]", { "app/main.py": app, "app/names.py": names });

    expect((await preload(["scan", "--check", "--exclude", "app/"])).code).toBe(0);
  });

  test("-p compares with one profile", async () => {
    const { preload } = await project("profiles:\n  test: [whisper:tiny.en]\n  production: [hf:facebook/bart-base]\n", {
      "app/main.py": app,
      "app/names.py": names,
    });

    expect((await preload(["scan", "--check"])).code).toBe(0);
    expect((await preload(["scan", "--check", "-p", "test"])).code).toBe(8);
  });
});

describe("a revision", () => {
  const pinned = `models:\n  - ref: hf:facebook/bart-base\n    revision: ${commit}\n`;
  const asking = (revision: string) =>
    `from transformers import AutoModel\nAutoModel.from_pretrained("facebook/bart-base"${revision})\n`;

  test("that the code does not name, and the config pins, will not be found as main", async () => {
    const { preload } = await project(pinned, { "a.py": asking("") });

    const { code, stdout, stderr } = await preload(["scan", "--check"]);

    expect(stdout).toContain("hf:facebook/bart-base  a.py:2 names none, which means main; the config has 3833578");
    expect(stderr).toContain("alias: main");
    expect(code).toBe(8);
  });

  test("that the config pins under the alias main is found", async () => {
    const { preload } = await project(`${pinned}    alias: main\n`, { "a.py": asking("") });

    expect((await preload(["scan", "--check"])).code).toBe(0);
  });

  test("that both name is no gap; another one is", async () => {
    const same = await project(pinned, { "a.py": asking(`, revision="${commit}"`) });
    const marker = `import pytest\n@pytest.mark.requires_model("hf:facebook/bart-base")\ndef test_it(): pass\n`;
    const marked = await project(pinned, { "test_a.py": marker });
    expect(await marked.preload(["scan", "--check"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/test_a\.py:2 +hf:facebook\/bart-base +mark\.requires_model/),
    });
    const other = await project(pinned, { "a.py": asking(`, revision="v1.0"`) });

    expect((await same.preload(["scan", "--check"])).code).toBe(0);
    expect((await other.preload(["scan", "--check"])).code).toBe(8);
  });

  test("that the lock has is no gap, though the config names a branch", async () => {
    const tiny = "preload-demo/tiny-bart";
    const { preload, project: dir } = await project(`models: [hf:${tiny}]`, {});
    const { models } = JSON.parse((await preload(["lock", "--json"])).stdout);
    const use = (revision: string) =>
      `from transformers import AutoModel\nAutoModel.from_pretrained("${tiny}", revision="${revision}")\n`;

    await writeFile(join(dir, "a.py"), use(models[0].revision));
    expect((await preload(["scan", "--check"])).code).toBe(0);
    await writeFile(join(dir, "a.py"), use(commit));
    const { code, stdout } = await preload(["scan", "--check"]);

    expect(stdout).toMatch(/asks for 3833578; the config has main, locked at [0-9a-f]{7}/);
    expect(code).toBe(8);
  });
});

test("--json is one document", async () => {
  const { preload, project: dir } = await project("models: [spacy:en_core_web_sm]", {
    "app/main.py": app,
    "app/names.py": names,
  });

  const { stdout } = await preload(["scan", "--check", "--json"]);

  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    command: "scan",
    ok: false,
    exitCode: 8,
    config: join(dir, "preload.yaml"),
    findings: [
      {
        type: "model",
        file: "app/main.py",
        line: 6,
        cell: null,
        by: "AutoModel.from_pretrained",
        from: "code",
        ref: "hf:facebook/bart-base",
        revision: null,
        options: {},
        named: { file: "app/names.py", line: 1, cell: null },
        unless: null,
        revisionUnclear: null,
      },
      expect.objectContaining({ file: "app/main.py", line: 8, ref: "whisper:tiny.en" }),
    ],
    models: [
      { ref: "hf:facebook/bart-base", revisions: [null], options: {}, uses: 1 },
      { ref: "whisper:tiny.en", revisions: [null], options: {}, uses: 1 },
    ],
    lacking: ["hf:facebook/bart-base", "whisper:tiny.en"],
    unused: ["spacy:en_core_web_sm"],
    disagreements: [],
    files: 2,
    skipped: [],
  });
});

test("without a config there is nothing to compare with, and --check calls every model a gap", async () => {
  const { preload, project: dir } = await world({ config: "none" });
  await writeFile(join(dir, "a.py"), `import whisper\nwhisper.load_model("base")\n`);

  const informed = await preload(["scan"]);
  const checked = await preload(["scan", "--check"]);

  expect(informed.stdout).not.toContain("Not in the config");
  expect(informed.stderr).toContain("`preload init --from-code` makes one");
  expect([informed.code, checked.code]).toEqual([0, 8]);
});

test("a path that does not exist is a usage error", async () => {
  const { preload } = await world();

  const { code, stderr } = await preload(["scan", "nope"]);

  expect([code, stderr]).toEqual([2, "error nope: there is no such file or folder\n"]);

  const long = await preload(["scan", "x".repeat(10_000)]);
  expect([long.code, long.stderr]).toEqual([2, expect.stringContaining("x cannot be read (ENAMETOOLONG)\n")]);
});
