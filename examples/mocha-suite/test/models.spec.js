import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { preloaded, requireModel } from "@preload/test-setup/mocha";

it("reads a file of a model", async () => {
  const { path } = preloaded().models["hf:preload-demo/tiny-bart"];

  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8"));

  assert.equal(config.model_type, "bart");
});

it("runs where its model is there", async () => {
  const path = requireModel("hf:preload-demo/tiny-sentence");

  const modules = JSON.parse(await readFile(join(path, "modules.json"), "utf8"));

  assert.notEqual(modules.length, 0);
});
