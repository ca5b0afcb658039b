import { targetOf } from "./paths.ts";
import type { LinkEntry, Manifest } from "./types.ts";

/** The links to each file of a manifest, by the file's path. */
export function linksByTarget(manifest: Manifest): ReadonlyMap<string, readonly LinkEntry[]> {
  const links = new Map<string, LinkEntry[]>();
  for (const entry of manifest.entries) {
    if (entry.type !== "link") continue;
    const target = targetOf(entry.path, entry.target);
    const known = links.get(target);
    if (known) known.push(entry);
    else links.set(target, [entry]);
  }
  return links;
}
