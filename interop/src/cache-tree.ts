import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * Everything that is in a cache, as sorted lines: names, modes, link targets, and digests of contents.
 *
 *   40755 models--org--name/refs
 *   100644 models--org--name/refs/main 5f1c…
 *   120777 models--org--name/snapshots/…/config.json -> ../../blobs/…
 */
export async function cacheTree(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  return (await Promise.all(names.map((name) => line(dir, name)))).sort();
}

/** The lines of a tree that no pattern matches. */
export function without(lines: readonly string[], patterns: readonly RegExp[]): string[] {
  return lines.filter((text) => !patterns.some((pattern) => pattern.test(text)));
}

async function line(dir: string, name: string): Promise<string> {
  const path = join(dir, name);
  const stats = await lstat(path);
  const shown = `${stats.mode.toString(8)} ${name}`;
  if (stats.isSymbolicLink()) return `${shown} -> ${await readlink(path)}`;
  if (!stats.isFile()) return shown;
  return `${shown} ${createHash("sha256")
    .update(await readFile(path))
    .digest("hex")}`;
}
