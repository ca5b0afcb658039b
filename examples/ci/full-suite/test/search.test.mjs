import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cache = process.env.HF_HUB_CACHE ?? join(homedir(), ".cache", "huggingface", "hub");

test("the model that the search uses is there", async () => {
  const snapshots = join(cache, "models--preload-demo--tiny-sentence", "snapshots");
  const [commit] = await readdir(snapshots);
  assert.ok((await readdir(join(snapshots, commit))).includes("modules.json"));
});
