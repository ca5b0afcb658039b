import { PreloadError } from "./errors.ts";
import { ownedPaths } from "./owned-paths.ts";
import type { Entry, Fetcher, Manifest, Ref } from "./types.ts";

/**
 * Throws when a manifest writes or removes where models of its ref do not lie. A lock may have been edited by anybody,
 * and its directory may be one that the config of a stranger's repository names.
 *
 * @throws PreloadError `BAD_CONFIG` naming the path
 */
export function refuseForeign(manifest: Manifest, ref: Ref, { owns }: Pick<Fetcher, "owns">): void {
  if (!owns) return;
  const isOwn = owns(ref, manifest.revision);
  const touched = [`${manifest.path}/`, ...ownedPaths(manifest), ...manifest.entries.flatMap(removedBy)];
  const foreign = touched.find((path) => !isOwn(path) && !isOwn(path.replace(/\/$/, "")));
  if (foreign === undefined) return;
  throw new PreloadError("BAD_CONFIG", `${manifest.ref}: ${foreign} is no part of it, whatever the lock says`, {
    hint: "Nothing was changed. Make the lock anew with `preload lock --upgrade`.",
  });
}

function removedBy(entry: Entry): string[] {
  if (entry.type !== "absent") return [];
  return entry.names.map((name) => (entry.path ? `${entry.path}/${name}` : name));
}
