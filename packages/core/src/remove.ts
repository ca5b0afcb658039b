import { rm, rmdir } from "node:fs/promises";
import { join, posix } from "node:path";
import { onDisk } from "./disk-error.ts";
import { codeOf, isMissing } from "./errors.ts";
import { isMetadata, type Removal } from "./removal.ts";

/** Removes what was planned, and the folders that are empty then. What is already gone is no error. */
export async function remove({ dir, items, folders = [] }: Removal): Promise<void> {
  for (const [index, { path }] of items.entries()) {
    await onDisk(join(dir, path), () => rm(join(dir, path), { force: true }));
    const next = items[index + 1]?.path ?? "";
    // Else a run that ends here leaves a package that Python finds and cannot import.
    if (isMetadata(path) && !isMetadata(next)) await removeEmpty(dir, posix.dirname(path));
  }
  // Only now: in between, a Hub cache has to keep its `snapshots` folder.
  const above = items.map(({ path }) => posix.dirname(path));
  for (const folder of new Set([...above, ...folders])) await removeEmpty(dir, folder);
}

/** A folder and those above it, as far as they are empty, but never the directory itself. */
async function removeEmpty(dir: string, lowest: string): Promise<void> {
  for (let folder = lowest; folder !== "."; folder = posix.dirname(folder)) {
    try {
      await rmdir(join(dir, folder));
    } catch (error) {
      if (isMissing(error)) continue;
      if (inUse.has(codeOf(error) ?? "")) return;
      throw error;
    }
  }
}

const inUse = new Set(["ENOTEMPTY", "EEXIST", "EBUSY", "EPERM", "EACCES"]);
