import { entriesIn, type HeldFile, type Holding, heldFile } from "@preload/core";
import { hubInventory } from "@preload/hf-fetcher";
import { spacyInventory } from "@preload/spacy-fetcher";
import { ggmlInventory, nltkInventory, tiktokenInventory, torchInventory, urlInventory } from "@preload/url-fetcher";
import { whisperInventory } from "@preload/whisper-fetcher";

/** How to look through the cache of each ecosystem, by the scheme of its refs. */
export const inventories: Readonly<Record<string, (dir: string) => Holding[]>> = {
  whisper: whisperInventory,
  spacy: spacyInventory,
  hf: hubInventory,
  tiktoken: tiktokenInventory,
  nltk: nltkInventory,
  torch: torchInventory,
  ggml: ggmlInventory,
  url: urlInventory,
};

/** True for what a transfer of ours leaves when it is interrupted. */
export function isPartial(path: string): boolean {
  return /(\.[0-9a-f]{12}(\.[0-9a-f]{8}-\d+-\d+)?\.(part|lease)|(^|\/)\.preload\.lease)$/.test(path);
}

/** The interrupted transfers in a cache. */
export function partialsIn(scheme: string, dir: string): HeldFile[] {
  const held = (inventories[scheme]?.(dir) ?? []).flatMap(({ files }) => files);
  // An archive is fetched to a name beside the folder it becomes.
  const beside = entriesIn(dir).flatMap(({ name }) => heldFile(dir, name));
  const partials = [...held, ...beside].filter(({ path }) => path.endsWith(".part") && isPartial(path));
  return [...new Map(partials.map((file) => [file.path, file])).values()];
}
