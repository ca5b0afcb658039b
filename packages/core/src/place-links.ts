import { readlinkSync, symlink as symlinkWith } from "node:fs";
import { copyFile, lstat, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Problem } from "./check.ts";
import { onDisk } from "./disk-error.ts";
import { codeOf, isMissing } from "./errors.ts";
import { makeFolders } from "./make-folders.ts";
import { draftOf } from "./owner.ts";
import { placeOf, targetOf } from "./paths.ts";
import { renameOver } from "./rename-over.ts";
import type { LinkEntry, Manifest } from "./types.ts";

interface PlaceOptions {
  readonly dir: string;
  readonly symlinks: boolean;
}

/** Writes the links that are not as promised, each whole or not at all. */
export async function placeLinks(
  manifest: Manifest,
  problems: readonly Problem[],
  options: PlaceOptions,
): Promise<void> {
  const broken = new Set(problems.map(({ path }) => path));
  const fetched = new Set(problems.flatMap(({ entry }) => (entry.type === "file" ? [entry.path] : [])));
  const links = manifest.entries.filter((entry) => entry.type === "link");
  const todo = links.filter((link) => broken.has(link.path) || fetched.has(targetOf(link.path, link.target)));
  const { dir, symlinks } = options;
  if (symlinks) {
    await linkAll(todo, dir);
    return;
  }
  for (const [index, link] of todo.entries()) {
    const target = targetOf(link.path, link.target);
    const later = todo.slice(index + 1).some((other) => targetOf(other.path, other.target) === target);
    const how = fetched.has(target) && !later ? "move" : "copy";
    await onDisk(placeOf(dir, link.path), () => placeCopy(link, dir, how).catch(onlyIfGone));
  }
}

// There may be thousands, and the file system takes its time for each: its work goes on beside ours.
const atOnce = 64;
// The one with promises of its own costs as much again as the link.
const makeLink = promisify(symlinkWith);

async function linkAll(links: readonly LinkEntry[], dir: string): Promise<void> {
  const folders = new Set(links.map(({ path }) => dirname(placeOf(dir, path))));
  for (const folder of folders) await onDisk(folder, async () => makeFolders(folder));
  for (let start = 0; start < links.length; start += atOnce) {
    const some = links.slice(start, start + atOnce);
    const outcomes = await Promise.allSettled(
      some.map((link) => onDisk(placeOf(dir, link.path), () => placeLink(link, dir))),
    );
    // Not before the others have come to an end: nothing of ours is at work when we have failed.
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }
}

async function placeLink(link: LinkEntry, dir: string): Promise<void> {
  const path = placeOf(dir, link.path);
  if ((await isNewLink(link.target, path)) || readLink(path) === link.target) return;
  const draft = draftOf(path);
  try {
    await makeLink(link.target, draft, "file");
    await renameOver(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Whole or not at all by itself, where nothing stood before. */
async function isNewLink(target: string, path: string): Promise<boolean> {
  try {
    await makeLink(target, path, "file");
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "EINVAL") return undefined;
    throw error;
  }
}

/**
 * How the Hub clients fill a cache without symbolic links: what was just fetched moves to its place,
 * what other snapshots may share is copied.
 */
async function placeCopy(link: LinkEntry, dir: string, how: "move" | "copy"): Promise<void> {
  const path = join(dir, link.path);
  const blob = join(dir, targetOf(link.path, link.target));
  makeFolders(dirname(path));
  if (how === "move") return renameOver(blob, path);
  const draft = draftOf(path);
  try {
    await copyFile(blob, draft);
    await renameOver(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Another process has moved it to the same places; whether it did is seen by the check that follows. */
function onlyIfGone(error: unknown): void {
  if (!isMissing(error)) throw error;
}

/** Whether links can be made in a directory: Windows may forbid them, and some file systems have none. */
export async function canLink(dir: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const probe = draftOf(join(dir, "link"));
  try {
    makeFolders(dir);
    await symlink("nowhere", probe, "file");
    return (await lstat(probe)).isSymbolicLink();
  } catch (error) {
    // Elsewhere a refusal may mean that only this folder is closed to us, and says nothing about links.
    return platform !== "win32" && !["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(codeOf(error) ?? "");
  } finally {
    await rm(probe, { force: true });
  }
}
