import { readlinkSync } from "node:fs";
import { join, posix } from "node:path";
import { entriesIn, pathsUnder, targetOf } from "@preload/core";

/**
 * The blobs of a repository's folder to which no snapshot leads. Relative to the cache. A blob that is itself a link,
 * into the store that newer Hub clients share between repositories, is none of them.
 */
export function hubOrphans(dir: string, folder: string): string[] {
  const used = new Set(
    pathsUnder(dir, `${folder}/snapshots`).flatMap((path) => {
      const target = linkText(join(dir, path));
      return target === undefined ? [] : [targetOf(path, target)];
    }),
  );
  return entriesIn(join(dir, folder, "blobs"))
    .filter((entry) => entry.isFile() && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(entry.name))
    .map(({ name }) => posix.join(folder, "blobs", name))
    .filter((path) => !used.has(path));
}

function linkText(path: string): string | undefined {
  try {
    return readlinkSync(path).replaceAll("\\", "/");
  } catch {
    return undefined; // A file, where there are no links; or gone.
  }
}
