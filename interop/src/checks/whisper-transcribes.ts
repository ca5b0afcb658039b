import { join } from "node:path";
import { demoCatalog, type WhisperModel } from "@preload/demo-origin";
import { askPython } from "../ask-client.ts";
import { interopDir } from "../environments.ts";
import { type World, world } from "../world.ts";

const name = "tiny-demo";
const published = join(interopDir, "../packages/demo-origin/fixtures/whisper/tiny-demo.pt");

/** What whisper hears in a tone, offline: by the name of the checkpoint, by its path, or with the file as published. */
export function whisperTranscribes(here: World, { by }: { by: "name" | "path" | "published" }): Promise<object> {
  const { sha256 } = checkpoint(here);
  const ways = {
    // Of an address, whisper believes the digest and the file's name. Nobody is there to ask.
    name: { url: `https://nowhere.invalid/models/${sha256}/${name}.pt`, path: null },
    path: { url: null, path: join(here.whisper, `${name}.pt`) },
    published: { url: null, path: published },
  };
  return askPython(here, "newest", "whisper_transcribes.py", { name, ...ways[by] }, { network: "none" });
}

/** A home with a checkpoint that was made with whisper's own class. */
export async function withCheckpoint(): Promise<World> {
  const here = await world(await demoCatalog());
  const { sha256 } = checkpoint(here);
  await here.preloaded([], {
    config: `profiles: { all: [{ ref: "whisper:${name}", sha256: ${sha256} }] }\ndefault: [all]\n`,
  });
  return here;
}

function checkpoint({ demo }: World): WhisperModel {
  const found = demo.catalog.whisper.find((model) => model.name === name);
  if (!found) throw new Error(`the demo has no ${name}`);
  return found;
}
