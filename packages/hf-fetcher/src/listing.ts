import { PreloadError, safePath, whatItSaid } from "@preload/core";
import type { RepoFile } from "./snapshot.ts";

/** One entry of the Hub's tree, as far as it is used here. */
export interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

/**
 * The files of a listing, each with its digest, sorted.
 *
 * @throws PreloadError `BAD_ANSWER` for a path that climbs out or comes twice, and for a file without digest
 */
export function filesOf(entries: readonly TreeEntry[], ref: string): readonly RepoFile[] {
  const files = entries.filter(({ type }) => type !== "directory").map((entry) => fileOf(entry, ref));
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw new PreloadError("BAD_ANSWER", `${ref}: the listing names ${shown(path)} twice`);
    seen.add(path);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileOf(entry: TreeEntry, ref: string): RepoFile {
  // The `oid` of a file in LFS is that of its pointer, and says nothing about its bytes.
  const { path, size, oid } = entry.lfs ? { path: entry.path, ...entry.lfs } : entry;
  if (typeof path !== "string") throw new PreloadError("BAD_ANSWER", `${ref}: the listing has a file without a name`);
  const hex = typeof oid === "string" ? oid.replace(/^sha256:/, "") : "";
  const wanted = entry.lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/;
  if (!wanted.test(hex) || !Number.isSafeInteger(size) || size < 0) {
    throw new PreloadError("BAD_ANSWER", `${ref}: the listing has no digest or size for ${shown(path)}`);
  }
  return { path: safePath(path), size, digest: entry.lfs ? `sha256:${hex}` : `git-sha1:${hex}` };
}

function shown(path: string): string {
  return whatItSaid(JSON.stringify(path));
}
