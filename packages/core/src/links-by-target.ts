import { targetOf } from "./paths.ts";
import type { LinkEntry, Manifest } from "./types.ts";

const known = new WeakMap<Manifest, ReadonlyMap<string, readonly LinkEntry[]>>();

/** The links to each file of a manifest, by the file's path. Worked out once, since each step asks. */
export function linksByTarget(manifest: Manifest): ReadonlyMap<string, readonly LinkEntry[]> {
  const links = known.get(manifest) ?? workOut(manifest);
  known.set(manifest, links);
  return links;
}

function workOut(manifest: Manifest): ReadonlyMap<string, readonly LinkEntry[]> {
  const links = new Map<string, LinkEntry[]>();
  for (const entry of manifest.entries) {
    if (entry.type !== "link") continue;
    const target = targetOf(entry.path, entry.target);
    const others = links.get(target);
    if (others) others.push(entry);
    else links.set(target, [entry]);
  }
  return links;
}
