import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requireModel } from "@preload/test-setup/vitest";
import { expect, inject, test } from "vitest";

test("reads a file of a model", async () => {
  const { path = "" } = inject("preload").models["hf:preload-demo/tiny-bart"] ?? {};

  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8"));

  expect(config.model_type).toBe("bart");
});

test("runs where its model is there", async () => {
  const path = requireModel("hf:preload-demo/tiny-sentence") ?? "";

  const modules = JSON.parse(await readFile(join(path, "modules.json"), "utf8"));

  expect(modules).not.toHaveLength(0);
});
