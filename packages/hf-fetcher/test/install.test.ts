import { lstat, mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { install } from "@preload/core";
import { tempDir, tree } from "@preload/core/testing";
import { hubRepo } from "@preload/demo-origin";
import { expect, test } from "vitest";
import { hf } from "../src/index.ts";
import { hub, machineWith } from "./world.ts";

const files = {
  "config.json": "{}",
  "model.safetensors": "weights",
  "onnx/model.onnx": "other weights",
  "tokenizer.json": "{}",
};
const repo = hubRepo({ id: "org/tiny", files });
const commit = repo.revisions.get("main")?.sha ?? "";

async function world(env: Record<string, string> = {}) {
  const demo = await hub({ repos: [repo] });
  const home = await tempDir();
  const machine = machineWith({ HF_HOME: home, HF_ENDPOINT: demo.endpoints.hf, ...env });
  return { demo, cache: join(home, "hub"), fetcher: hf({ machine }) };
}

test("a repository is put where huggingface_hub finds it", async () => {
  const { cache, fetcher } = await world();

  const { path, outcome } = await install(fetcher, "org/tiny");

  expect(path).toBe(join(cache, "models--org--tiny/snapshots", commit));
  expect(await readFile(join(path, "model.safetensors"), "utf8")).toBe("weights");
  expect(await readlink(join(path, "config.json"))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);
  expect(await readFile(join(cache, "models--org--tiny/refs/main"), "utf8")).toBe(commit);
  // config.json and tokenizer.json hold the same.
  expect(outcome.fetched.files).toBe(2);
  const others = (await tree(cache)).filter((line) => !line.includes("/.no_exist/"));
  expect(others.map((line) => line.replace(/[0-9a-f]{40,}/g, "…")).sort()).toEqual([
    "models--org--tiny/blobs/… 2",
    "models--org--tiny/blobs/… 7",
    "models--org--tiny/refs/main 40",
    "models--org--tiny/snapshots/…/config.json -> ../../blobs/…",
    "models--org--tiny/snapshots/…/model.safetensors -> ../../blobs/…",
    "models--org--tiny/snapshots/…/tokenizer.json -> ../../blobs/…",
  ]);
});

test("what is there already is not fetched again", async () => {
  const { demo, fetcher } = await world();
  await install(fetcher, "org/tiny");
  demo.origin.clear();

  const { outcome } = await install(fetcher, "org/tiny");

  expect(outcome.fetched.files).toBe(0);
  // Nor config.json, which may name another repository.
  expect(demo.origin.count("/resolve/")).toBe(0);
});

test("a marker that hides a file is taken away", async () => {
  const { cache, fetcher } = await world();
  const marker = join(cache, "models--org--tiny/.no_exist", commit, "tokenizer.json");
  await mkdir(dirname(marker), { recursive: true });
  await writeFile(marker, "");

  await install(fetcher, "org/tiny");

  await expect(lstat(marker)).rejects.toMatchObject({ code: "ENOENT" });
});

test("with HF_HUB_DISABLE_SYMLINKS there are regular files", async () => {
  const { fetcher } = await world({ HF_HUB_DISABLE_SYMLINKS: "1" });
  const { path } = await install(fetcher, "org/tiny");
  expect((await lstat(join(path, "model.safetensors"))).isFile()).toBe(true);
});
