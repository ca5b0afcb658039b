import type { Holding } from "@preload/core";
import { hubInventory } from "@preload/hf-fetcher";
import { spacyInventory } from "@preload/spacy-fetcher";
import { whisperInventory } from "@preload/whisper-fetcher";

/** How to look through the cache of each ecosystem, by the scheme of its refs. */
export const inventories: Readonly<Record<string, (dir: string) => Holding[]>> = {
  whisper: whisperInventory,
  spacy: spacyInventory,
  hf: hubInventory,
};

/** True for what a transfer of ours leaves when it is interrupted. */
export function isPartial(path: string): boolean {
  return /\.[0-9a-f]{12}(\.[0-9a-f]{8}-\d+-\d+)?\.(part|lease)$/.test(path);
}
