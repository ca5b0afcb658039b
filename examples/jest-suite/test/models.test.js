const { readFile } = require("node:fs/promises");
const { join } = require("node:path");
const { preloaded, testWithModel } = require("@preload/test-setup/jest");

test("reads a file of a model", async () => {
  const { path } = preloaded().models["hf:preload-demo/tiny-bart"];

  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8"));

  expect(config.model_type).toBe("bart");
});

testWithModel("hf:preload-demo/tiny-sentence", "runs where its model is there", async (path) => {
  const modules = JSON.parse(await readFile(join(path, "modules.json"), "utf8"));

  expect(modules).not.toHaveLength(0);
});
