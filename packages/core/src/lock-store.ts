import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { onDisk } from "./disk-error.ts";
import { codeOf, isMissing, PreloadError } from "./errors.ts";
import { formatLock, type Lock, parseLock } from "./lockfile.ts";
import { makeFolders } from "./make-folders.ts";
import { draftOf } from "./owner.ts";

/** Undefined when there is no such file. @throws PreloadError `BAD_CONFIG` */
export async function readLock(path: string): Promise<Lock | undefined> {
  try {
    await refusePipe(path);
    return parseLock(await readFile(path, "utf8"), path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof PreloadError) throw error;
    throw new PreloadError("BAD_CONFIG", `${path} cannot be read (${codeOf(error)})`);
  }
}

/** Whoever reads a pipe or a device may wait for ever, or read for ever. */
async function refusePipe(path: string): Promise<void> {
  const found = await stat(path);
  if (found.isFile() || found.isDirectory()) return;
  throw new PreloadError("BAD_CONFIG", `${path} is neither a file nor a link to one`, {
    hint: "Take it away, and run `preload lock`.",
  });
}

/** Writes the lockfile whole, or leaves it as it was. Gives back whether it changed. */
export async function writeLock(path: string, lock: Lock): Promise<boolean> {
  const text = formatLock(lock);
  return onDisk(path, async () => {
    if ((await textAt(path)) === text) return false;
    makeFolders(dirname(path));
    const draft = draftOf(path);
    try {
      await writeFile(draft, text);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    return true;
  });
}

async function textAt(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
