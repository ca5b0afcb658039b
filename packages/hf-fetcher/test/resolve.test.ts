import { tempDir } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { describe, expect, test } from "vitest";
import { filesIn, hub, lines, machineWith, resolveAt } from "./world.ts";

const files = { "config.json": "{}", "model.safetensors": "weights", "pytorch_model.bin": "older weights" };
const tiny = hubRepo({
  id: "org/tiny",
  files,
  revisions: { "v1.0": { "config.json": '{"v":1}', "model.safetensors": "first" }, "refs/pr/3": files },
  license: "mit",
});

test("a manifest says everything there is to know", async () => {
  const demo = await hub({ repos: [tiny] });
  const commit = tiny.revisions.get("main")?.sha ?? "";

  const manifest = await resolveAt(demo, "hf:org/tiny", { weights: "safetensors" });

  expect(manifest).toMatchObject({
    ref: "hf:org/tiny",
    options: { weights: "safetensors" },
    revision: commit,
    license: "mit",
    path: `models--org--tiny/snapshots/${commit}`,
    leftOut: { files: 1, bytes: 13 },
    requires: [],
  });
  expect(manifest).not.toHaveProperty("gated");
  expect(filesIn(manifest)).toEqual(["config.json", "model.safetensors"]);
  expect(lines(manifest.entries).at(-1)).toBe(`models--org--tiny/refs/main "${commit}"`);
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest);
});

test("small files have git's digest and large ones their sha256", async () => {
  const demo = await hub({ repos: [tiny] });
  const { entries } = await resolveAt(demo, "hf:org/tiny");
  const digests = entries.flatMap((entry) => (entry.type === "file" ? [entry.digest.replace(/:.*/, "")] : []));
  expect(digests).toEqual(["git-sha1", "sha256"]);
});

describe("revisions", () => {
  test.each(["v1.0", "refs/pr/3"])("%s is found, and kept under its name", async (revision) => {
    const demo = await hub({ repos: [tiny] });
    const manifest = await resolveAt(demo, `hf:org/tiny@${revision}`);
    expect(manifest.revision).toBe(tiny.revisions.get(revision)?.sha);
    expect(lines(manifest.entries).at(-1)).toBe(`models--org--tiny/refs/${revision} "${manifest.revision}"`);
  });

  test("a commit is itself", async () => {
    const demo = await hub({ repos: [tiny] });
    const commit = tiny.revisions.get("v1.0")?.sha ?? "";
    const manifest = await resolveAt(demo, `hf:org/tiny@${commit}`, { alias: "main" });
    expect(manifest.revision).toBe(commit);
    expect(lines(manifest.entries).at(-1)).toBe(`models--org--tiny/refs/main "${commit}"`);
  });

  test("the listing is read at the commit, so that a push in between does not matter", async () => {
    const demo = await hub({ repos: [tiny] });
    await resolveAt(demo, "hf:org/tiny");
    expect(demo.origin.count(`/tree/${tiny.revisions.get("main")?.sha}`)).toBe(1);
    expect(demo.origin.count("/tree/main")).toBe(0);
  });
});

test("a long listing is read to its end", async () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`data/${at}.txt`, `${at}`]));
  const demo = await hub({ repos: [hubRepo({ id: "org/many", files: many })] }, { pageSize: 4 });
  const manifest = await resolveAt(demo, "hf:org/many", { for: "all" });
  expect(filesIn(manifest)).toHaveLength(25);
});

test("names that are no plain words are kept", async () => {
  const names = ["a b.json", "c#d.json", "e%20f.json", "sub/ü?.json"];
  const repo = hubRepo({ id: "org/names", files: Object.fromEntries(names.map((name) => [name, name])) });
  const demo = await hub({ repos: [repo] });
  expect(filesIn(await resolveAt(demo, "hf:org/names", { for: "all" }))).toEqual(names);
});

test("a renamed repository is cached under the name the application uses", async () => {
  const demo = await hub({ repos: [hubRepo({ id: "new-org/tiny", files, renamedFrom: ["tiny"] })] });
  const manifest = await resolveAt(demo, "hf:tiny");
  expect(manifest.path).toMatch(/^models--tiny\/snapshots\//);
  expect(manifest.ref).toBe("hf:tiny");
});

test("data sets and spaces are taken whole", async () => {
  const repos = (["datasets", "spaces"] as const).map((kind) =>
    hubRepo({ id: "org/tiny", kind, files: { "README.md": "x", "data/train.parquet": "y" } }),
  );
  const demo = await hub({ repos });
  for (const kind of ["datasets", "spaces"]) {
    const manifest = await resolveAt(demo, `hf:${kind}/org/tiny`);
    expect(filesIn(manifest)).toEqual(["README.md", "data/train.parquet"]);
    expect(manifest.path).toMatch(`${kind}--org--tiny/`);
    expect(manifest.entries[0]).toMatchObject({ url: expect.stringContaining(`huggingface.co/${kind}/org/tiny/`) });
  }
});

test("a mirror may answer under a path", async () => {
  const demo = await hub({ repos: [tiny] }, { hubPath: "/mirror/hf", pageSize: 1 });
  expect(filesIn(await resolveAt(demo, "hf:org/tiny"))).toHaveLength(2);
});

describe("licences", () => {
  test.each<[title: string, cardData: Record<string, unknown>, license: string | undefined]>([
    ["one that has a name of its own", { license: "other", license_name: "demo-terms" }, "demo-terms"],
    ["several", { license: ["mit", "apache-2.0"] }, "mit, apache-2.0"],
    ["one that only the tags name", { tags: ["license:gpl-3.0"] }, "gpl-3.0"],
    ["none", {}, undefined],
  ])("%s", async (_, cardData, license) => {
    const demo = await hub({ repos: [hubRepo({ id: "org/tiny", files, cardData })] });
    expect((await resolveAt(demo, "hf:org/tiny")).license).toBe(license);
  });
});

describe("what a model requires", () => {
  test("the base model of an adapter, unless it is a path", async () => {
    const adapter = (base: string) => ({
      "adapter_config.json": JSON.stringify({ base_model_name_or_path: base, revision: null }),
      "adapter_model.safetensors": "x",
    });
    const demo = await hub({
      repos: [
        hubRepo({ id: "org/adapter", files: adapter("Org/Base") }),
        hubRepo({ id: "org/local", files: adapter("/home/ada/base") }),
      ],
    });
    expect((await resolveAt(demo, "hf:org/adapter")).requires).toEqual([
      { ref: "hf:Org/Base", why: "the adapter's base model", safe: true },
    ]);
    expect((await resolveAt(demo, "hf:org/local")).requires).toEqual([]);
  });

  test("the parts of a pyannote pipeline", async () => {
    const config =
      "pipeline:\n  params:\n    segmentation: pyannote/segmentation-3.0\n    embedding: {checkpoint: hbredin/x@v1}\n    clustering: Agglomerative\n";
    const demo = await hub({ repos: [hubRepo({ id: "pyannote/old", files: { "config.yaml": config } })] });
    const { requires } = await resolveAt(demo, "hf:pyannote/old");
    expect(requires.map(({ ref, safe }) => [ref, safe])).toEqual([
      ["hf:pyannote/segmentation-3.0", true],
      ["hf:hbredin/x@v1", true],
    ]);
  });

  test.each([
    ["hf:org/faster-whisper-tiny", "hf:openai/whisper-tiny"],
    ["hf:org/faster-whisper-tiny.en", "hf:openai/whisper-tiny.en"],
  ])("the tokenizer that %s lacks", async (ref, required) => {
    const repo = hubRepo({ id: ref.slice(3), files: { "model.bin": "x", "config.json": "{}", "vocabulary.txt": "y" } });
    const demo = await hub({ repos: [repo] });
    expect((await resolveAt(demo, ref)).requires).toMatchObject([
      { ref: required, options: { include: "tokenizer.json" }, safe: true },
    ]);
  });

  test("code of another repository, which only the user can decide on", async () => {
    const config = JSON.stringify({
      auto_map: { AutoModel: "Org/code--modeling.Model", AutoConfig: "configuration.Config" },
    });
    const demo = await hub({ repos: [hubRepo({ id: "org/tiny", files: { ...files, "config.json": config } })] });
    expect((await resolveAt(demo, "hf:org/tiny")).requires).toMatchObject([{ ref: "hf:Org/code", safe: false }]);
  });

  test("code of its own that was left out, unless the user has decided for it", async () => {
    const config = JSON.stringify({
      auto_map: {
        AutoModel: "modeling_tiny.Model",
        AutoConfig: "org/tiny--configuration.Config",
        AutoTokenizer: [null],
      },
    });
    const code = { "modeling_tiny.py": "", "configuration.py": "", "setup.py": "" };
    const demo = await hub({
      repos: [hubRepo({ id: "org/tiny", files: { ...files, ...code, "config.json": config } })],
    });

    expect((await resolveAt(demo, "hf:org/tiny@main")).requires).toEqual([
      {
        ref: "hf:org/tiny@main",
        options: { code: true },
        why: "code of its own, modeling_tiny.py, configuration.py, that the loader would run",
        safe: false,
      },
    ]);
    expect((await resolveAt(demo, "hf:org/tiny", { code: true })).requires).toEqual([]);
    expect((await resolveAt(demo, "hf:org/tiny", { for: "all" })).requires).toEqual([]);
  });

  test("what the config adds", async () => {
    const demo = await hub({ repos: [tiny] });
    const { requires } = await resolveAt(demo, "hf:org/tiny", { requires: "whisper:tiny.en" });
    expect(requires).toEqual([{ ref: "whisper:tiny.en", why: "the config says so", safe: true }]);
  });
});

test("a gated repository that was accepted is resolved and marked", async () => {
  const home = await tempDir();
  const repo = hubRepo({ id: "org/gated", files, gated: "manual" });
  const demo = await hub({ repos: [repo], tokens: { hf_good: { accepted: ["org/gated"] } } });
  const machine = machineWith({ HF_TOKEN: "hf_good", HF_HOME: home });
  expect(await resolveAt(demo, "hf:org/gated", {}, { machine })).toMatchObject({ gated: "manual" });
});
