import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { hf, hfOptions } from "../src/index.ts";
import { machine, machineWith } from "./world.ts";

test("a given directory is taken, and is relative to where one stands", () => {
  expect(hf({ machine, dir: "models" })).toMatchObject({ dir: "/nowhere/models", dirRule: "dir" });
});

test("links are left out where huggingface_hub is told to leave them out", () => {
  expect(hf({ machine }).symlinks).toBe(true);
  expect(hf({ machine: machineWith({ HF_HUB_DISABLE_SYMLINKS: "y" }) }).symlinks).toBe(true);
  expect(hf({ machine: machineWith({ HF_HUB_DISABLE_SYMLINKS: "on" }) }).symlinks).toBe(false);
});

test("a Python process finds the cache and stays offline", () => {
  expect(hf({ machine, dir: "/cache" }).environment).toEqual({
    set: { HF_HUB_CACHE: "/cache" },
    prepend: {},
    offline: {
      HF_HUB_OFFLINE: "1",
      TRANSFORMERS_OFFLINE: "1",
      HF_HUB_DISABLE_TELEMETRY: "1",
      DISABLE_SAFETENSORS_CONVERSION: "true",
    },
  });
});

test("variables that would lead a client past the cache are led to it", () => {
  const env = { TRANSFORMERS_CACHE: "/old", SENTENCE_TRANSFORMERS_HOME: "/st" };
  expect(hf({ machine: machineWith(env), dir: "/cache" }).environment.set).toEqual({
    HF_HUB_CACHE: "/cache",
    TRANSFORMERS_CACHE: "/cache",
    SENTENCE_TRANSFORMERS_HOME: "/cache",
  });
});

test("building a fetcher loads none of the heavy libraries", async () => {
  const loaded = [...(await packagesLoadedBy("index.ts"))];

  expect(loaded.filter((name) => !name.startsWith("node:"))).toEqual(["@preload/core"]);
});

test("the options have a schema, for the config's own", async () => {
  const schema = await hfOptions();
  expect(Object.keys(schema.shape)).toContain("weights");
});

/** The packages that importing a file of `src` loads, itself or through others. Types are not loaded. */
async function packagesLoadedBy(file: string, seen = new Set<string>()): Promise<Set<string>> {
  const source = await readFile(new URL(`../src/${file}`, import.meta.url), "utf8");
  const names = [...source.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";/gms)].map(
    ([, name = ""]) => name,
  );
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name.startsWith("./")) await packagesLoadedBy(name.slice(2), seen);
  }
  return new Set([...seen].filter((name) => !name.startsWith(".")));
}
