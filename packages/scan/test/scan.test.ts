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
