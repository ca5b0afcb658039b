import { join } from "node:path";
import { install, type Manifest } from "@preload/core";
import { pattern, sha256, tempDir, tree } from "@preload/core/testing";
import { hubRepo, startDemoOrigin } from "@preload/demo-origin";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { encodings, tiktoken, torch } from "../src/index.ts";
import { digest, fetcherFor, origin, plain, resolved } from "./worlds.ts";

const sizes = (manifest: Manifest) =>
  manifest.entries.map((entry) => ("size" in entry ? `${entry.path} ${entry.size}` : entry.path));

describe("tiktoken", () => {
  test("the files that get_encoding reads, without asking anybody", async () => {
    // A contract with another program. A difference here is a breaking change.
    const r50k = "0ea1e91bbb3a60f729a8dc8f777fd2fc07cd8df4 835554";
    const p50k = "ec7223a39ce59f226a68acc30dc1af2788490e15 836186";
    const cl100k = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4 1681126";
    const o200k = "fb374d419588a4632f3f557e76b4b70aebbca790 3613922";
    const gpt2 = [
      "6d1cbeee0f20b3d9449abfede4726ed8212e3aee 456318",
      "6c7ea1a7e38e3a7f062df639a5b80947f075ffe6 1042301",
    ];
    const fetcher = tiktoken({ machine: plain, endpoints: ["http://127.0.0.1:1"] });

    const found = await Promise.all(
      Object.keys(encodings).map(async (name) => [name, sizes(await resolved(fetcher, `tiktoken:${name}`))]),
    );

    expect(Object.fromEntries(found)).toEqual({
      gpt2,
      r50k_base: [r50k],
      p50k_base: [p50k],
      p50k_edit: [p50k],
      cl100k_base: [cl100k],
      o200k_base: [o200k],
      o200k_harmony: [o200k],
    });
  });

  test("an unknown name is not found, with the nearest one", async () => {
    await expect(resolved(tiktoken({ machine: plain }), "tiktoken:cl10k_base")).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: expect.stringContaining("cl100k_base"),
    });
  });

  test("a digest that tiktoken would throw away is refused", async () => {
    const refused = resolved(tiktoken({ machine: plain }), `tiktoken:cl100k_base@${"0".repeat(64)}`);

    await expect(refused).rejects.toMatchObject({ code: "REVISION_NOT_FOUND" });
  });
});

describe("torch.hub", () => {
  const body = strToU8("weights");
  const prefix = digest("sha256", body).slice(0, 8);

  test("a bare name is a checkpoint of PyTorch's, known by the digest in its name once it was read", async () => {
    const demo = await origin({ [`download.pytorch.org/models/net-${prefix}.pth`]: body });
    const fetcher = fetcherFor("torch", demo);

    const manifest = await resolved(fetcher, `torch:net-${prefix}.pth`);
    demo.origin.clear();
    const again = await resolved(fetcher, `torch:net-${prefix}.pth`, {}, manifest);

    expect(manifest.entries).toEqual([
      {
        type: "file",
        path: `hub/checkpoints/net-${prefix}.pth`,
        url: `https://download.pytorch.org/models/net-${prefix}.pth`,
        size: 7,
        digest: `sha256:${digest("sha256", body)}`,
      },
    ]);
    expect(again).toEqual(manifest);
    expect(demo.origin.requests).toEqual([]);
  });

  test("the digest in a name has to be true", async () => {
    const demo = await origin({ "download.pytorch.org/models/net-00000000.pth": body });

    await expect(resolved(fetcherFor("torch", demo), "torch:net-00000000.pth")).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining(`expected sha256 00000000  received ${prefix}`),
    });
  });

  test("of a digest beside it, too", async () => {
    const refused = resolved(torch({ machine: plain }), `torch:net-00000000.pth@${digest("sha256", body)}`);

    await expect(refused).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("a name without one needs it beside it", async () => {
    await expect(resolved(torch({ machine: plain }), "torch:net.pth")).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  test("what the program passes as file_name is the target", async () => {
    const options = { sha256: digest("sha256", body), size: 7, target: "mine.pth" };

    const manifest = await resolved(torch({ machine: plain }), "torch:https://models.example.com/x?v=2", options);

    expect(manifest.path).toBe("hub/checkpoints/mine.pth");
  });

  test("which is a name, and no path", async () => {
    const options = { sha256: digest("sha256", body), size: 7, target: "../../mine.pth" };

    await expect(resolved(torch({ machine: plain }), "torch:net.pth", options)).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
  });
});

const nltkData = "raw.githubusercontent.com/nltk/nltk_data/gh-pages";

function index(...packages: Record<string, string | number>[]): Uint8Array {
  const elements = packages.map((attributes) => {
    return `<package ${Object.entries(attributes)
      .map(([name, value]) => `${name}="${value}"`)
      .join(" ")} />`;
  });
  return strToU8(`<?xml version="1.0"?><nltk_data><packages>${elements.join("")}</packages></nltk_data>`);
}

function packed(id: string, zip: Uint8Array, more: Record<string, string | number> = {}) {
  return {
    id,
    subdir: "corpora",
    size: zip.length,
    unzip: 1,
    checksum: digest("md5", zip),
    license: "A &amp; B",
    ...more,
  };
}

describe("NLTK", () => {
  const zip = zipSync({ "words/en": strToU8("one\n"), "words/de": strToU8("eins\n") });

  test("a package is the tree it unpacks to; that of an older index is known by its sha256 from then on", async () => {
    const dir = join(await tempDir(), "nltk_data");
    const demo = await origin({
      [`${nltkData}/index.xml`]: index(packed("words", zip)),
      [`${nltkData}/packages/corpora/words.zip`]: zip,
    });

    const { path, manifest } = await install(fetcherFor("nltk", demo, { dir }), "words");

    expect(path).toBe(join(dir, "corpora/words"));
    expect(await tree(dir)).toEqual(["corpora/words/de 5", "corpora/words/en 4"]);
    expect(manifest).toMatchObject({ revision: digest("sha256", zip), license: "A & B" });
  });

  test("one index is enough for all refs", async () => {
    const demo = await origin();
    const fetcher = fetcherFor("nltk", demo);

    await Promise.all(["nltk:punkt_tab", "nltk:demo_words"].map((ref) => resolved(fetcher, ref)));

    expect(demo.origin.count("index.xml")).toBe(1);
  });

  test("a package that has not changed is not read again", async () => {
    const demo = await origin();
    const manifest = await resolved(fetcherFor("nltk", demo), "nltk:punkt_tab");
    demo.origin.clear();

    expect(await resolved(fetcherFor("nltk", demo), "nltk:punkt_tab", {}, manifest)).toEqual(manifest);
    expect(demo.origin.count("punkt_tab.zip")).toBe(0);
  });

  test("one that is not as the index says is refused", async () => {
    const demo = await origin({
      [`${nltkData}/index.xml`]: index(packed("words", zip, { checksum: "0".repeat(32) })),
      [`${nltkData}/packages/corpora/words.zip`]: zip,
    });

    await expect(resolved(fetcherFor("nltk", demo), "nltk:words")).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test("one of which the index has no digest is refused", async () => {
    const { checksum: _, ...unsigned } = packed("words", zip);
    const demo = await origin({ [`${nltkData}/index.xml`]: index(unsigned) });

    await expect(resolved(fetcherFor("nltk", demo), "nltk:words")).rejects.toMatchObject({ code: "BAD_ANSWER" });
  });

  test("one that unpacks over another is refused", async () => {
    const stray = zipSync({ "words/en": strToU8("one\n"), "brown/a": strToU8("a") });
    const demo = await origin({
      [`${nltkData}/index.xml`]: index(packed("words", stray)),
      [`${nltkData}/packages/corpora/words.zip`]: stray,
    });

    await expect(resolved(fetcherFor("nltk", demo), "nltk:words")).rejects.toMatchObject({
      code: "BAD_ANSWER",
      message: expect.stringContaining("brown/a is outside of its package"),
    });
  });

  test.each([
    ["a login page", strToU8("<html><p>Please sign in"), "no index"],
    ["a folder that leads away", index(packed("words", zip, { subdir: "../../etc" })), "subdir"],
    ["an id that leads away", index(packed("../words", zip)), "id"],
  ])("an index is refused that is or has %s", async (_, body, why) => {
    const demo = await origin({ [`${nltkData}/index.xml`]: body });

    await expect(resolved(fetcherFor("nltk", demo), "nltk:words")).rejects.toMatchObject({
      code: "BAD_ANSWER",
      message: expect.stringContaining(why),
    });
  });
});

describe("whisper.cpp", () => {
  test("a model is a file of a commit on the Hub", async () => {
    const demo = await origin();
    const bytes = demo.catalog.files?.["huggingface.co/ggerganov/whisper.cpp/ggml-tiny-demo.bin"] as Uint8Array;
    const commit = demo.catalog.repos.find(({ id }) => id === "ggerganov/whisper.cpp")?.revisions.get("main")?.sha;

    const manifest = await resolved(fetcherFor("ggml", demo), "ggml:tiny-demo");

    expect(manifest).toMatchObject({ revision: commit, license: "mit", path: "ggml-tiny-demo.bin" });
    expect(manifest.entries).toEqual([
      {
        type: "file",
        path: "ggml-tiny-demo.bin",
        url: `https://huggingface.co/ggerganov/whisper.cpp/resolve/${commit}/ggml-tiny-demo.bin`,
        size: 48,
        digest: `sha256:${sha256(bytes)}`,
      },
    ]);
  });

  test("those that tell speakers apart are in a repository of their own", async () => {
    const files = { "ggml-small.en-tdrz.bin": pattern(100) };
    const repo = hubRepo({ id: "akashmjn/tinydiarize-whisper.cpp", files });
    const demo = await startDemoOrigin({ catalog: { repos: [repo], whisper: [], spacy: [], tokens: {} } });
    onTestFinished(() => demo.close());

    expect((await resolved(fetcherFor("ggml", demo), "ggml:small.en-tdrz")).path).toBe("ggml-small.en-tdrz.bin");
  });

  test("a revision that is not there is another thing than a model that is not there", async () => {
    const fetcher = fetcherFor("ggml", await origin());

    await expect(resolved(fetcher, "ggml:tiny-demo@old")).rejects.toMatchObject({ code: "REVISION_NOT_FOUND" });
    await expect(resolved(fetcher, "ggml:tiny-dem")).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: "Did you mean tiny-demo?",
    });
  });

  test("a mirror without the Hub's listing is held against whisper.cpp's own sums", async () => {
    const demo = await origin({ "mirror.example/ggerganov/whisper.cpp/resolve/main/ggml-tiny.bin": strToU8("other") });
    const fetcher = fetcherFor("ggml", demo, { endpoints: [`${demo.endpoints.url}/mirror.example`] });

    await expect(resolved(fetcher, "ggml:tiny")).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining("expected sha1 bd577a113a864445d4c299885e0cb97d4ba92b5f"),
    });
  });

  test("HF_ENDPOINT holds unless an endpoint is named", async () => {
    const demo = await origin();
    const machine = { ...plain, env: { HF_ENDPOINT: demo.endpoints.hf } };

    const manifest = await resolved(fetcherFor("ggml", demo, { machine, endpoints: [] }), "ggml:tiny-demo");

    expect(manifest.path).toBe("ggml-tiny-demo.bin");
  });
});
