import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { World } from "./world.ts";

/** Another project of the same user, with caches in common. Gives back its folder. Written anew, it wants other models. */
export async function project({ home, demo }: World, name: string, models: readonly string[]): Promise<string> {
  const folder = join(home, name);
  const digests = new Map(demo.catalog.whisper.map((model) => [`whisper:${model.name}`, model.sha256]));
  const lines = models.map((ref) => {
    const sha256 = digests.get(ref);
    return sha256 === undefined ? `  - ${ref}` : `  - { ref: ${ref}, sha256: ${sha256} }`;
  });
  await mkdir(join(folder, ".git"), { recursive: true });
  await writeFile(join(folder, "preload.yaml"), `models:\n${lines.join("\n")}\nspacy: { version: "3.8" }\n`);
  return folder;
}
