import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf, isMissing } from "./errors.ts";

/** One thing that a cache holds, whoever put it there: a repository, a checkpoint, a pipeline. */
export interface Holding {
  /** The ref that names it, without a revision: `hf:facebook/bart-base`. */
  readonly name: string;
  readonly files: readonly HeldFile[];
}

/** A regular file. Links are no files: their bytes are held elsewhere. */
export interface HeldFile {
  /** Relative to the cache, with `/` on every platform. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The same for every name of the same bytes. */
  readonly inode: string;
}

/** The files in a folder of a directory and below. Follows no link, so it never leaves the directory. */
export function filesUnder(dir: string, folder: string): HeldFile[] {
  const files: HeldFile[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of entriesIn(join(dir, next))) {
      const path = next === "" ? entry.name : `${next}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else files.push(...heldFile(dir, path));
    }
  }
  return files;
}

/** The file at a path, in a list of one; nothing for anything else. */
export function heldFile(dir: string, path: string): HeldFile[] {
  const stats = lstatSync(join(dir, path), { throwIfNoEntry: false });
  return stats?.isFile() ? [{ path, size: stats.size, inode: `${stats.dev}:${stats.ino}` }] : [];
}

/** What a folder holds; nothing when it is not there, or closed to us. */
export function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "EACCES") return [];
    throw error;
  }
}

/** The files and links in a folder of a directory and below. Follows no link. */
export function pathsUnder(dir: string, folder: string): string[] {
  return entriesIn(join(dir, folder)).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? pathsUnder(dir, path) : [path];
  });
}
