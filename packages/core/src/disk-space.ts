import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { isMissing, PreloadError } from "./errors.ts";

/** Refuses before the first byte when the disk cannot hold what is to come. @throws PreloadError `DISK_FULL` */
export async function ensureSpace(dir: string, needed: number): Promise<void> {
  const free = await freeSpace(dir);
  if (free === undefined || needed <= free) return;
  throw new PreloadError("DISK_FULL", `${dir} needs ${needed} bytes more and has ${free} free`, {
    hint: "Free some space, or choose another place with --cache-root. Nothing was fetched.",
  });
}

/** Bytes that this user may still write there; undefined where the system does not tell. */
export async function freeSpace(dir: string): Promise<number | undefined> {
  for (let folder = dir; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize, blocks } = await statfs(folder);
      // Some network and overlay file systems report nothing at all.
      return blocks === 0 ? undefined : bavail * bsize;
    } catch (error) {
      if (!isMissing(error)) return undefined;
      if (folder === dirname(folder)) return undefined;
    }
  }
}
