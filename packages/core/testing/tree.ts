import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * What is in a directory as sorted lines, for pinning a layout as text:
 *
 *   blobs/e69de29 0
 *   empty/
 *   snapshots/main/config.json -> ../../blobs/e69de29
 */
export async function tree(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  const lines = await Promise.all(names.map((name) => line(dir, name)));
  return lines.filter((text) => text !== undefined).sort();
}

async function line(dir: string, name: string): Promise<string | undefined> {
  const path = join(dir, name);
  const shown = name.replaceAll("\\", "/");
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `${shown} -> ${(await readlink(path)).replaceAll("\\", "/")}`;
  if (!stats.isDirectory()) return `${shown} ${stats.size}`;
  // A folder with something in it shows in the lines of what it holds.
  return (await readdir(path)).length === 0 ? `${shown}/` : undefined;
}
