import { join } from "node:path";
import { demoCatalog } from "@preload/demo-origin";
import { expect } from "vitest";
import { askPython } from "../src/ask-client.ts";
import { interopDir } from "../src/environments.ts";
import { proves, pythonClient } from "../src/proves.ts";
import { type World, world } from "../src/world.ts";

const whisper = pythonClient("newest", "openai-whisper");
const name = "tiny-demo";
const published = join(interopDir, "../packages/demo-origin/fixtures/whisper/tiny-demo.pt");

proves(whisper, "loads a checkpoint by its name and transcribes", async () => {
  const here = await preloaded();
  const { sha256 } = checkpoint(here);

  // Of the address, whisper believes the digest and the file's name. Nobody is there to ask.
  const ours = await transcribed(here, { url: `https://nowhere.invalid/models/${sha256}/${name}.pt` });

  expect(ours).toEqual(await transcribed(here, { path: published }));
});

proves(whisper, "loads a checkpoint by its path and transcribes", async () => {
  const here = await preloaded();

  const ours = await transcribed(here, { path: join(here.whisper, `${name}.pt`) });

  expect(ours).toEqual(await transcribed(here, { path: published }));
});

async function preloaded(): Promise<World> {
  const here = await world(await demoCatalog());
  const { sha256 } = checkpoint(here);
  await here.preloaded([], {
    config: `profiles: { all: [{ ref: "whisper:${name}", sha256: ${sha256} }] }\ndefault: [all]\n`,
  });
  return here;
}

function checkpoint({ demo }: World) {
  const found = demo.catalog.whisper.find((model) => model.name === name);
  if (!found) throw new Error(`the demo has no ${name}`);
  return found;
}

function transcribed(here: World, { url = null, path = null }: { url?: string | null; path?: string | null }) {
  return askPython<object>(here, "newest", "whisper_transcribes.py", { name, url, path }, { network: "none" });
}
