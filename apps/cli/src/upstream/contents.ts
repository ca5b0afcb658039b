import { posix } from "node:path";
import type { Digest, Manifest } from "@preload/core";

/** The files of a model by a name that does not change with the revision: as the application asks for them. Sorted. */
export function contentsOf(manifest: Manifest): Map<string, Digest> {
  const digests = new Map(
    manifest.entries.flatMap((entry) => (entry.type === "file" ? [[entry.path, entry.digest]] : [])),
  );
  const pointed = new Set<string>();
  const files: [string, Digest][] = [];
  for (const entry of manifest.entries) {
    if (entry.type === "link") {
      const path = posix.join(posix.dirname(entry.path), entry.target);
      const digest = digests.get(path);
      pointed.add(path);
      if (digest !== undefined) files.push([nameOf(entry.path, manifest), digest]);
    } else if (entry.type === "archive") {
      for (const { path, digest } of entry.members)
        files.push([nameOf(posix.join(entry.path, path), manifest), digest]);
    }
  }
  for (const [path, digest] of digests) if (!pointed.has(path)) files.push([nameOf(path, manifest), digest]);
  return new Map(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The bytes that are in the later manifest and not in the earlier one; a wheel is fetched whole. */
export function fetchedBetween(before: Manifest | undefined, after: Manifest): number {
  const have = new Set(before?.entries.flatMap((entry) => ("digest" in entry ? [entry.digest] : [])));
  const missing = after.entries.flatMap((entry) => ("digest" in entry && !have.has(entry.digest) ? [entry.size] : []));
  return missing.reduce((sum, size) => sum + size, 0);
}

function nameOf(path: string, { path: folder, revision }: Manifest): string {
  if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  return path.replaceAll(`-${revision}`, "");
}
