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
  } catch (error) {
    quietly(() => rmSync(draft, { force: true }));
    throw error;
  }
  quietly(() => sweep(folder));
}

function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const writer = writerOf(name);
    if (writer !== undefined && lifeOf(writer) === "dead") rmSync(join(folder, name), { force: true });
  }
}

/** What cannot be cleared away, as the draft of another user, is in nobody's way. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What was to be written is there, or the reason why not is thrown.
  }
}
