import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { draftOf, freeSpace, lifeOf, onDisk, PreloadError, writerOf } from "@preload/core";

/**
 * Writes a file under another name beside it, and gives it its own when all of it is there: until then, and when `write`
 * fails or the process is killed, what was there before is there. Clears away what killed runs have left.
 *
 * @throws PreloadError `DISK_FULL` before the first byte when `bytes` are more than there is room for
 */
export async function writeDraft<T>(path: string, bytes: number, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) {
    throw new PreloadError("USAGE", `${path} is there and no file`, { hint: "Name a file that may be written." });
  }
  if (!existsSync(dirname(path))) throw new PreloadError("USAGE", `${path}: there is no folder ${dirname(path)}`);
  return onDisk(path, async () => {
    sweepDrafts(path);
    await refuseFull(dirname(path), bytes);
    const draft = draftOf(path);
    try {
      const file = await open(draft, "w+");
      let result: T;
      try {
        result = await write(file);
      } finally {
        await file.close();
      }
      await rename(draft, path);
      return result;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });
}

/** @throws PreloadError `DISK_FULL` */
export async function refuseFull(dir: string, needed: number): Promise<void> {
  const free = await freeSpace(dir);
  if (free === undefined || needed <= free) return;
  throw new PreloadError("DISK_FULL", `${dir} needs ${needed} bytes more and has ${free} free`, {
    hint: "Free some space, or choose another place. Nothing was written.",
  });
}

/** Removes drafts of a path whose processes are gone. */
export function sweepDrafts(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const owner = name.startsWith(`${basename(path)}.`) ? writerOf(name) : undefined;
    if (owner !== undefined && lifeOf(owner) === "dead") rmSync(join(folder, name), { recursive: true, force: true });
  }
}
