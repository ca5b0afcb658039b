import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { expect } from "vitest";
import { expected, hubReads } from "../src/checks/hub-reads.ts";
import { pipelineName, spacyLoads, withPipelines } from "../src/checks/spacy-loads.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { homeAt, world } from "../src/world.ts";

const hub = pythonClient("newest", "huggingface_hub");
const spacy = pythonClient("newest", "spaCy");

/** What transformers opens of `tiny-bart`: everything but other formats, and what is for people. */
const opened = (path: string) => !/\.(?:bin|h5|msgpack|ot|onnx|md)$|^\.gitattributes$/.test(path);

proves(hub, "reads every file of a repository that came in a pack", async () => {
  const here = await world(await demoCatalog());
  await here.preloaded(["hf:preload-demo/tiny-bart"]);
  const file = join(here.home, "models.tar");
  await here.preloaded(["pack", file, "hf:preload-demo/tiny-bart"]);
  const there = await homeAt(here.demo);
  await there.preloaded(["unpack", file]);

  const absent = ["adapter_config.json", "vocab.txt"];
  await hubReads(there, "newest", [expected(here.demo, "preload-demo/tiny-bart", { paths: opened, absent })]);
});

proves(spacy, "loads a pipeline that came in a pack by name, and by path from a flat export", async () => {
  const here = await withPipelines();
  await here.preloaded([`spacy:${pipelineName}@3.8.1`]);
  const file = join(here.home, "models.tar");
  await here.preloaded(["pack", file, `spacy:${pipelineName}@3.8.1`]);
  const there = await homeAt(here.demo);
  await there.preloaded(["unpack", file]);
  const folder = join(here.home, "models");
  await here.preloaded(["export", `spacy:${pipelineName}@3.8.1`, "--to", folder, "--layout", "flat"]);

  const byName = await spacyLoads(there, "newest", { env: { PYTHONPATH: there.spacy } });
  expect(byName).toMatchObject({ version: "3.8.1", distribution: "3.8.1", installed: true });
  const byPath = await spacyLoads(here, "newest", { path: join(folder, "spacy", pipelineName) });
  expect(byPath).toMatchObject({ version: "3.8.1" });
});
