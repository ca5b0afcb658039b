import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolders } from "./make-folders.ts";
import { draftOf, lifeOf, writerOf } from "./owner.ts";

/**
 * Writes a file of the state directory whole, or leaves what was there. What processes that were killed while they wrote
 * have left in the same folder goes: nothing else would ever look for it.
 *
 * Not synced: what a loss of power takes costs time on the next run, nothing else.
 *
 * @param mode what the file allows, as for `chmod`. @default what the umask leaves
 * @throws system errors, when it cannot be written
 */
export function writeNote(path: string, text: string, { mode }: { mode?: number } = {}): void {
  const folder = dirname(path);
  const draft = draftOf(path);
  try {
    makeFolders(folder);
    writeFileSync(draft, text, mode === undefined ? {} : { mode });
    renameSync(draft, path);
    sweep(folder);
  } catch (error) {
    forget(draft);
    throw error;
  }
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const writer = writerOf(name);
    if (writer !== undefined && lifeOf(writer) === "dead") rmSync(join(folder, name), { force: true });
  }
}

/** A full disk takes the name of a draft and not its content. */
function forget(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // A folder that is closed to us holds none of ours.
  }
}
