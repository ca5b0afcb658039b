import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it, as far as they are not there.
 *
 * Not by Node's recursive `mkdir`: where the system says ENOENT to a folder whose parent is there, as in /proc, it tries the
 * same two for ever, in native code that no signal ends (Node 20 to 24). And on a read-only disk it says ENOENT for EROFS.
 */
export function makeFolders(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolders(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was quicker.
    if (!isFolder(path)) throw error;
  }
}

/** Also false for what we may not look at: making it then tells why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
