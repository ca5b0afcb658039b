import { open } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Puts names on the medium, not only bytes. What a loss of power leaves is right because of the order:
 *
 *   1. the bytes of a file or an unpacked member   fdatasync, before it gets its final name
 *   2. the final names of the files                fsync of their folders, before anything points at them
 *   3. links, then texts, a ref last               fsync of their folders
 *
 * So a name that survives has its bytes, and a ref that survives has its snapshot. A block that was noted in a partial
 * and lost is found by the digest, since nothing of a partial is believed. Each folder is synced once for all its files.
 */
export async function syncFolders(dir: string, paths: readonly string[]): Promise<void> {
  // Windows has no such thing: it cannot open a folder.
  if (process.platform === "win32") return;
  await Promise.all([...new Set(paths.map((path) => dirname(join(dir, path))))].map(syncFolder));
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // File systems that cannot do it (some network ones) promise less; the bytes are no less right for it.
  }
}
