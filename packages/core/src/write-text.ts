import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolders } from "./make-folders.ts";
import { draftOf } from "./owner.ts";
import { renameOver } from "./rename-over.ts";
import { writeSynced } from "./write-synced.ts";

/** Writes a small file whole, or leaves what was there. */
export async function writeText(path: string, text: string): Promise<void> {
  makeFolders(dirname(path));
  // Not in a `refs` folder's own namespace for long: a reader takes every file there for a ref.
  const draft = draftOf(path);
  try {
    await writeSynced(draft, text);
    await renameOver(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
