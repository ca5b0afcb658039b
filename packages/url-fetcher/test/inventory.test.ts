import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@preload/core/testing";
import { expect, test } from "vitest";
import { ggmlInventory, nltkInventory, tiktokenInventory, torchInventory, urlInventory } from "../src/index.ts";

async function folderWith(...paths: string[]): Promise<string> {
  const dir = await tempDir();
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), "x");
  }
  return dir;
}

const named = (holdings: ReturnType<typeof urlInventory>) =>
  Object.fromEntries(holdings.map(({ name, files }) => [name, files.map(({ path }) => path).sort()]));

test("tiktoken's files go by the name of the encoding, those of others by their own", async () => {
  const gpt2 = ["6c7ea1a7e38e3a7f062df639a5b80947f075ffe6", "6d1cbeee0f20b3d9449abfede4726ed8212e3aee"];
  const other = "a9c34a7ae635b26da8e3ee1b71d661e98fbb65ce";
  const p50k = "ec7223a39ce59f226a68acc30dc1af2788490e15";
  const dir = await folderWith(...gpt2, other, p50k, "notes.txt");

  expect(named(tiktokenInventory(dir))).toEqual({
    "tiktoken:gpt2": gpt2,
    "tiktoken:p50k_base": [p50k],
    [`tiktoken:${other}`]: [other],
  });
});

test("a package of NLTK's is its folder and its zip", async () => {
  const dir = await folderWith("tokenizers/punkt/en", "tokenizers/punkt.zip", "corpora/words.zip");

  expect(named(nltkInventory(dir))).toEqual({
    "nltk:punkt": ["tokenizers/punkt.zip", "tokenizers/punkt/en"],
    "nltk:words": ["corpora/words.zip"],
  });
});

test("a checkpoint goes by its file, a model by what stands between ggml- and .bin, and partials with them", async () => {
  const part = ".0123456789ab.part";
  const torch = await folderWith("hub/checkpoints/net.pth", `hub/checkpoints/net.pth${part}`, "hub/owner_repo/x.py");
  const ggml = await folderWith("ggml-base.en.bin", `ggml-tiny.bin${part}`, "README.md");

  expect(torchInventory(torch).map(({ name }) => name)).toEqual(["torch:net.pth", "torch:net.pth"]);
  expect(named(ggmlInventory(ggml))).toEqual({
    "ggml:base.en": ["ggml-base.en.bin"],
    "ggml:tiny": [`ggml-tiny.bin${part}`],
  });
});

test("a file of any address goes by that address", async () => {
  const dir = await folderWith("models.example.com/a/words.txt");

  expect(named(urlInventory(dir))).toEqual({
    "url:https://models.example.com/a/words.txt": ["models.example.com/a/words.txt"],
  });
});
