import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { describe, expect, test } from "vitest";
import { modelsIn, type Scan, type ScanOptions, scan } from "../src/index.ts";

/** Scans a project that holds these files. */
async function scanned(files: Readonly<Record<string, string>>, options: ScanOptions = {}): Promise<Scan> {
  const cwd = await tempDir();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  return scan(["."], { cwd, ...options });
}

test("a scan that is stopped is no bug of anybody", async () => {
  const use = { "app.py": 'import whisper\nwhisper.load_model("base")\n' };

  await expect(scanned(use, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
});

describe("which files are read", () => {
  const use = `import whisper\nwhisper.load_model("base")\n`;

  test("environments, installed packages and what is built are left out, and what .gitignore names", async () => {
    const { findings, files } = await scanned({
      "app.py": use,
      ".venv/lib/a.py": use,
      "node_modules/a/b.py": use,
      "lib/site-packages/a.py": use,
      "build/a.py": use,
      ".gitignore": "generated/\n",
      "generated/a.py": use,
      "sub/.gitignore": "/mine.py\n",
      "sub/mine.py": use,
    });

    expect(findings.map(({ file }) => file)).toEqual(["app.py"]);
    expect(files).toBe(1);
  });

  test("include takes in what would be skipped, exclude leaves out", async () => {
    const { findings } = await scanned(
      { "app.py": use, "build/gen/a.py": use, "build/other.py": use, "tests/a.py": use },
      { include: ["build/gen/"], exclude: ["tests/"] },
    );

    expect(findings.map(({ file }) => file)).toEqual(["app.py", "build/gen/a.py"]);
  });

  test("a path that is named is read whatever the rules", async () => {
    const cwd = await tempDir();
    await mkdir(join(cwd, "build"));
    await writeFile(join(cwd, "build/a.py"), use);

    expect((await scan(["build/a.py"], { cwd })).findings).toHaveLength(1);
    expect((await scan(["build"], { cwd })).findings).toHaveLength(1);
    await expect(scan(["nope"], { cwd })).rejects.toMatchObject({ code: "USAGE" });
  });

  test("a file that is no Python costs its broken statement only", async () => {
    const { findings } = await scanned({ "a.py": `def broken(:\n  x = = 3\n\n${use}` });

    expect(findings).toMatchObject([{ ref: "whisper:base", line: 5 }]);
  });
});

test("one model of several uses is one, with options that cover them", async () => {
  const { findings } = await scanned({
    "a.py": `
from huggingface_hub import hf_hub_download, snapshot_download
from sentence_transformers import SentenceTransformer
from transformers import AutoModel
hf_hub_download("org/one", "a.json")
hf_hub_download(repo_id="org/one", filename="b.json")
AutoModel.from_pretrained("org/two", use_safetensors=False)
hf_hub_download("org/two", "a.json")
SentenceTransformer("all-MiniLM-L6-v2", revision="abc")
AutoModel.from_pretrained("sentence-transformers/all-MiniLM-L6-v2")
snapshot_download("org/three")
`,
  });

  expect(modelsIn(findings).map(({ ref, revisions, options }) => [ref, revisions, options])).toEqual([
    ["hf:org/one", [undefined], { include: ["a.json", "b.json"] }],
    ["hf:org/three", [undefined], { for: "all" }],
    ["hf:org/two", [undefined], {}],
    ["hf:sentence-transformers/all-MiniLM-L6-v2", ["abc", undefined], { for: "sentence-transformers" }],
  ]);
});

describe("what a call says beside the name", () => {
  const python = (call: string) => ({
    "a.py": `from huggingface_hub import *\nfrom transformers import AutoModel\n${call}\n`,
  });

  test.each([
    [`AutoModel.from_pretrained("org/m", use_safetensors=False)`, { weights: "bin" }],
    [
      `AutoModel.from_pretrained("org/m", use_safetensors=True, variant="fp16")`,
      { weights: "safetensors", variant: "fp16" },
    ],
    [`AutoModel.from_pretrained("org/m", from_tf=True)`, { framework: "tf" }],
    [`AutoModel.from_pretrained("org/m", trust_remote_code=True)`, { code: true }],
    [`hf_hub_download("org/m", "unet.bin", subfolder="unet")`, { include: ["unet/unet.bin"] }],
    [`snapshot_download("org/m", allow_patterns=["*.json", "*.txt"])`, { include: ["*.json", "*.txt"] }],
    [`snapshot_download("org/m", ignore_patterns="*.bin")`, { for: "all", exclude: ["*.bin"] }],
  ])("%s", async (call, options) => {
    const { findings } = await scanned(python(call));

    expect(findings).toMatchObject([{ ref: "hf:org/m", options }]);
    expect(findings[0]).toHaveProperty("options", options);
  });

  test("a revision that cannot be told is said to be there", async () => {
    const { findings } = await scanned(python(`AutoModel.from_pretrained("org/m", revision=pick())`));

    expect(findings).toMatchObject([{ ref: "hf:org/m", revisionUnclear: "it is computed" }]);
  });
});

describe("a search that has no end by itself", () => {
  test("ends where files import from each other", async () => {
    const { findings } = await scanned({
      "a.py": `from b import *\nfrom b import NAME\nfrom transformers import AutoModel\nAutoModel.from_pretrained(NAME)\n`,
      "b.py": `from a import *\nfrom a import NAME\n`,
    });

    expect(findings).toMatchObject([{ type: "unclear", line: 4 }]);
  });

  test("ends where functions call each other", async () => {
    const { findings } = await scanned({
      "a.py": `from transformers import AutoModel
def one(name): return two(name) or AutoModel.from_pretrained(name)
def two(name): return one(name)
two("org/round")
`,
    });

    expect(findings).toMatchObject([{ ref: "hf:org/round", line: 2 }]);
  });
});

test("a part of a name that is none makes no name", async () => {
  const { findings } = await scanned({
    "a.py": `from transformers import AutoModel\ndef load(size=None):\n    AutoModel.from_pretrained(f"org/{size}-model")\n`,
  });

  expect(findings).toMatchObject([{ type: "unclear" }]);
});

test("what is a folder of the project is no model", async () => {
  const { findings } = await scanned({
    "acme/bert/config.json": "{}",
    "a.py": `from transformers import AutoModel\nAutoModel.from_pretrained("acme/bert")\n`,
  });

  expect(findings).toEqual([]);
});

test("what tests pass to the code they test is not followed; what they load is", async () => {
  const { findings } = await scanned({
    "app.py": `import whisper\ndef load(name="base"): return whisper.load_model(name)\n`,
    "tests/test_app.py": `import whisper\nfrom app import load\nload("tiny")\nwhisper.load_model("tiny.en")\n`,
  });

  expect(findings.map((one) => one.type === "model" && one.ref)).toEqual(["whisper:base", "whisper:tiny.en"]);
});

test("a file of more than two megabytes is listed as skipped", async () => {
  const { skipped, files } = await scanned({ "big.py": `x = "${"a".repeat(2_000_001)}"\n`, "a.py": "" });

  expect(skipped).toEqual([{ file: "big.py", why: "it is larger than 2 MB" }]);
  expect(files).toBe(1);
});

describe("what tests say that they need", () => {
  test("the markers of the plugin for pytest are exact refs, through constants too", async () => {
    const { findings } = await scanned({
      "tests/test_a.py": `import pytest
LED = "hf:allenai/led-base-16384"
pytestmark = pytest.mark.requires_model("whisper:tiny.en")

@pytest.mark.requires_model("hf:facebook/bart-base@v1.0", LED, package="transformers")
def test_sum(): pass

@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.requires_model("spacy:en_core_web_sm"))])
@pytest.mark.requires_model("small")
def test_other(n): pass
`,
    });

    expect(findings.map((one) => [one.line, one.type === "model" ? [one.ref, one.revision] : one.why])).toEqual([
      [3, ["whisper:tiny.en", undefined]],
      [5, ["hf:facebook/bart-base", "v1.0"]],
      [5, ["hf:allenai/led-base-16384", undefined]],
      [8, ["spacy:en_core_web_sm", undefined]],
    ]);
  });

  test.each([
    ["vitest", `import { requireModel } from "@preload/test-setup/vitest";\nrequireModel("hf:org/name");\n`],
    ["node:test", `import { requireModel as need } from "@preload/test-setup";\nneed("hf:org/name", t);\n`],
    [
      "jest",
      `const { testWithModel } = require("@preload/test-setup/jest");\ntestWithModel("hf:org/name", "a", () => {});\n`,
    ],
  ])("so are those of %s", async (_, text) => {
    const { findings } = await scanned({ "a.test.js": text, "b.test.js": `requireModel("hf:org/other");\n` });

    expect(findings).toMatchObject([{ file: "a.test.js", line: 2, ref: "hf:org/name", marks: true }]);
  });

  test("a marker takes nothing away from how a model is loaded elsewhere", async () => {
    const { findings } = await scanned({
      "app.py": `from huggingface_hub import hf_hub_download\nhf_hub_download("org/name", "config.json", revision="v1")\n`,
      "test_app.py": `import pytest\n@pytest.mark.requires_model("hf:org/name")\ndef test_it(): pass\n`,
    });

    expect(modelsIn(findings)).toMatchObject([
      { ref: "hf:org/name", revisions: ["v1"], options: { include: ["config.json"] }, uses: [{}, { marks: true }] },
    ]);
  });
});
