import { closeSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { hexOf } from "./digest.ts";
import { isMissing } from "./errors.ts";
import { namesIn } from "./maybe-there.ts";
import { lifeOf, thisProcess } from "./owner.ts";
import type { Digest } from "./types.ts";

/**
 * A file on its way, beside the place it will have:
 *
 *   tiny.en.pt.d3dd57d32acc.part                        nobody is writing it
 *   tiny.en.pt.d3dd57d32acc.1f2e3d4c-4711-98765.part    claimed by a process
 *   tiny.en.pt.d3dd57d32acc.lease                       who fetches, see lease.ts
 *   .preload.lease                                      who fetches the small files of the folder
 *
 * The digest is in the name, so that it cannot be continued with the bytes of another version.
 * The ending is not `.incomplete`: older Hub clients append to such files, newer ones delete them.
 * It is claimed by renaming it: of two processes one succeeds.
 */
export interface Partial {
  readonly path: string;
  /** Bytes that are there already. */
  readonly size: number;
  /** Lets go of it, for the next run to continue. */
  leave(): void;
  discard(): void;
}

/** Claims what an earlier run has left, or starts an empty one. */
export function takePartial(final: string, digest: Digest): Partial {
  const folder = dirname(final);
  const idle = idleName(final, digest);
  const mine = idle.replace(/part$/, `${thisProcess()}.part`);
  for (const name of abandoned(folder, idle)) {
    if (!claimed(join(folder, name), join(folder, mine))) continue;
    return partialAt(join(folder, mine), join(folder, idle));
  }
  closeSync(openSync(join(folder, mine), "w"));
  return partialAt(join(folder, mine), join(folder, idle));
}

/** Where processes agree on who fetches. */
export function leasePath(final: string, digest: Digest): string {
  return join(dirname(final), idleName(final, digest).replace(/part$/, "lease"));
}

/** Removes what other dead processes have left of a file that is now complete. */
export function sweepPartials(final: string, digest: Digest): void {
  const folder = dirname(final);
  for (const name of abandoned(folder, idleName(final, digest))) rmSync(join(folder, name), { force: true });
}

/** Bytes already there of a file, so that a forecast does not count them. */
export function bytesWaiting(final: string, digest: Digest): number {
  const folder = dirname(final);
  const [largest] = abandoned(folder, idleName(final, digest));
  return largest === undefined ? 0 : sizeOf(join(folder, largest));
}

/** Where processes agree on who fetches the small files of a folder. */
export const folderLease = ".preload.lease";

/** What the names of all that is kept beside a file while it is fetched begin with. */
export function stemOf(final: string, digest: Digest): string {
  return `${basename(final)}.${hexOf(digest).slice(0, 12)}`;
}

/** The stems of what lies in a folder. */
export function stemsIn(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => /^(.+\.[0-9a-f]{12})\.(?:.+\.)?(?:part|lease)$/.exec(name)?.[1] ?? []));
}

function idleName(final: string, digest: Digest): string {
  return `${stemOf(final, digest)}.part`;
}

/** Nobody's partials of this file, the largest first. */
function abandoned(folder: string, idle: string): string[] {
  const stem = idle.slice(0, -"part".length);
  return namesIn(folder)
    .filter((name) => name === idle || (name.startsWith(stem) && name.endsWith(".part") && isDead(name, stem)))
    .sort((one, other) => sizeOf(join(folder, other)) - sizeOf(join(folder, one)));
}

function isDead(name: string, stem: string): boolean {
  return lifeOf(name.slice(stem.length, -".part".length)) === "dead";
}

function claimed(path: string, mine: string): boolean {
  try {
    renameSync(path, mine);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function partialAt(path: string, idle: string): Partial {
  return {
    path,
    size: sizeOf(path),
    leave: () => {
      // Not the room it takes, which some file systems do not tell: what is thrown away has to be empty for certain.
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) rmSync(path, { force: true });
      else claimed(path, idle);
    },
    discard: () => rmSync(path, { force: true }),
  };
}

/** What is on the disk: a large file is written with gaps, see ranged/block-file.ts. */
function sizeOf(path: string): number {
  try {
    const { size, blocks } = statSync(path);
    // A file with bytes that takes no room lies where the file system does not tell.
    return blocks === 0 ? size : Math.min(size, blocks * 512);
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
