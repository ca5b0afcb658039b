import { existsSync } from "node:fs";
import { chmod, lchown, lutimes, open, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { draftOf, formatLock, makeFolders, onDisk, PreloadError } from "@preload/core";
import { refuseFull, sweepDrafts } from "../pack/draft.ts";
import { lockPath } from "../pack/image.ts";
import type { Gathered } from "../pack/sources.ts";
import { foldersAbove, type Leaf } from "../pack/tree.ts";
import { verifiedPieces } from "../pack/verified-pieces.ts";
import { lockOf, shared } from "../pack/write-pack.ts";
import { type Form, markOf, markPath, refuseOccupied } from "./earlier.ts";

export interface TreeOptions extends Form {
  /** Folders that are there even if nothing is in them. */
  readonly folders: readonly string[];
  /** Of files; a folder may be entered by whoever may read. */
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal: AbortSignal;
  readonly onRead: (ref: string, path: string, bytes: number) => void;
}

/**
 * Makes a folder that holds models and nothing else, or leaves it as it was: it is put together under another name
 * beside it, every byte verified, and then takes its place. Between the two renames of that there is no folder, never half of one.
 *
 * Files are copies. A hard link would give the cache's own files the mode, the owner and the time of the export, and
 * whoever writes to one would write to the other.
 *
 * @throws PreloadError `USAGE` for a folder that holds something else, `CORRUPT` for a file that is not what the lock says
 */
export async function writeTree(dir: string, models: readonly Gathered[], options: TreeOptions): Promise<number> {
  if (dirname(dir) === dir) throw new PreloadError("USAGE", `${dir} is the root of a disk`);
  refuseOccupied(dir);
  const planned = shared(models);
  const leaves = planned.flatMap(({ own }) => own);
  return onDisk(dir, async () => {
    makeFolders(dirname(dir));
    sweepDrafts(dir);
    await refuseFull(
      dirname(dir),
      leaves.reduce((sum, leaf) => sum + (leaf.type === "file" ? leaf.content.size : 0), 0),
    );
    const draft = draftOf(dir);
    try {
      for (const { model, own } of planned) for (const leaf of own) await writeLeaf(draft, leaf, model, options);
      for (const folder of options.folders) makeFolders(join(draft, folder));
      await write(join(draft, lockPath), formatLock(lockOf(models)));
      await write(join(draft, markPath), markOf(options));
      await settle(draft, [...leaves.map(({ path }) => path), lockPath, markPath], leaves, options);
      await swap(draft, dir);
    } finally {
      await removeTree(draft);
    }
    return leaves.filter(({ type }) => type === "file").length;
  });
}

async function writeLeaf(root: string, leaf: Leaf, { model, placeOf }: Gathered, options: TreeOptions): Promise<void> {
  const path = join(root, leaf.path);
  if (leaf.type === "text") return write(path, leaf.text);
  makeFolders(dirname(path));
  if (leaf.type === "link") return symlink(leaf.target, path, "file");
  const file = await open(path, "wx");
  try {
    for await (const piece of verifiedPieces(placeOf(leaf.content), leaf.content, options.signal)) {
      await file.writeFile(piece);
      options.onRead(model.ref, leaf.content.path, piece.byteLength);
    }
  } finally {
    await file.close();
  }
}

async function write(path: string, text: string): Promise<void> {
  makeFolders(dirname(path));
  await writeFile(path, text);
}

/** Modes, owners and times: of the content before its folder, whose time would change. */
async function settle(
  root: string,
  paths: readonly string[],
  leaves: readonly Leaf[],
  { mode, owner, folders: empty }: TreeOptions,
): Promise<void> {
  const links = new Set(leaves.flatMap((leaf) => (leaf.type === "link" ? [leaf.path] : [])));
  const folders = [...new Set([...paths.flatMap(foldersAbove), ...empty])].sort().reverse();
  for (const path of [...paths, ...folders, ""]) {
    const full = join(root, path);
    if (owner) await lchown(full, owner.uid, owner.gid);
    if (links.has(path)) {
      await lutimes(full, 0, 0);
      continue;
    }
    const isFolder = path === "" || folders.includes(path);
    await chmod(full, isFolder ? mode | ((mode & 0o444) >> 2) : mode);
    await utimes(full, 0, 0);
  }
}

async function swap(draft: string, dir: string): Promise<void> {
  if (!existsSync(dir)) return rename(draft, dir);
  const old = draftOf(dir);
  await rename(dir, old);
  try {
    await rename(draft, dir);
  } catch (error) {
    await rename(old, dir);
    throw error;
  }
  await removeTree(old);
}

/** Also a tree whose folders are not to be written to. */
async function removeTree(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  await chmod(dir, 0o700);
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, basename(entry.name)), 0o700);
  }
  await rm(dir, { recursive: true, force: true });
}
