import { demoCatalog } from "@preload/demo-origin";
import { settledBart } from "../src/catalogs.ts";
import { expected } from "../src/checks/hub-reads.ts";
import { transformersLoads } from "../src/checks/transformers-loads.ts";
import { pinned } from "../src/environments.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { world } from "../src/world.ts";

const bart = "preload-demo/tiny-bart";
const sharded = "preload-demo/tiny-bart-sharded";
const settled = "interop/settled-bart";
const led = "preload-demo/tiny-led-bin";

for (const place of ["newest", "hub1", "older"] as const) {
  const { version, ...client } = pythonClient(place, "transformers");
  const transformers = { ...client, version: `${version} (hub ${pinned(place, "huggingface_hub")})` };

  proves(transformers, "loads and writes: safetensors, shards, .bin", async () => {
    const demo = await demoCatalog();
    const here = await world({ ...demo, repos: [...demo.repos, await settledBart()] });
    await here.preloaded([`hf:${bart}`, `hf:${sharded}`, `hf:${led}`, `hf:${settled}`]);

    await transformersLoads(here, place, [
      { id: bart },
      { id: bart, modelOptions: { use_safetensors: true } },
      { id: sharded },
      { id: sharded, modelOptions: { use_safetensors: true } },
      { id: led },
      { id: led, modelOptions: { use_safetensors: false } },
      { id: settled },
    ]);
  });

  proves(transformers, "loads either format of a whole repository", async () => {
    const here = await world(await demoCatalog());
    await here.preloaded([], {
      config: `profiles: { all: [{ ref: "hf:${bart}", for: all }] }\ndefault: [all]\n`,
    });

    await transformersLoads(here, place, [
      { id: bart },
      { id: bart, modelOptions: { use_safetensors: true } },
      { id: bart, modelOptions: { use_safetensors: false } },
    ]);
  });

  proves(transformers, "loads a pinned commit, with `revision=` and without", async () => {
    const here = await world(await demoCatalog());
    const { commit } = expected(here.demo, bart, { at: "v1.0" });
    await here.preloaded([], {
      config: `profiles: { pinned: [{ ref: "hf:${bart}@${commit}", alias: main }] }\ndefault: [pinned]\n`,
    });

    await transformersLoads(here, place, [
      { id: bart, at: "v1.0" },
      { id: bart, at: "v1.0", options: { revision: commit } },
    ]);
  });

  proves(transformers, "loads a tag", async () => {
    const here = await world(await demoCatalog());
    await here.preloaded([`hf:${bart}@v1.0`]);

    await transformersLoads(here, place, [{ id: bart, at: "v1.0", options: { revision: "v1.0" } }]);
  });
}
