import { createHash } from "node:crypto";
import { readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./types.ts";
import { writeNote } from "./write-note.ts";

/**
 * What a file looked like when its bytes were last read and found right: size, times and inode.
 * The change time cannot be set by a program, so a file that still looks like this has not been written since.
 */
export type Stamp = string;

/** The files of one manifest in one directory that need not be read again. */
export interface Stamps {
  isProven(path: string, stats: Stats): boolean;
  /** Remembers a file that has settled; one that has not is read again next time. */
  prove(path: string, stats: Stats): void;
  /** Notes what a look at a file found, right or wrong. */
  see(path: string, stats: Stats | undefined): void;
  /** What the last look found; undefined for nothing. Another process may have renewed the file since. */
  lastSeen(path: string): Stamp | undefined;
  /** True once a file was proven that was not known before: it had to be read, so this is no warm run. */
  readonly hasLearned: boolean;
  /** Writes what was proven, if anything changed. A failure is ignored: the files are read again next time. */
  save(): void;
}

export function stampOf(stats: Stats): Stamp {
  return `${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}:${stats.ino}`;
}

/** Reads the stamps of a manifest. Without a state directory nothing is remembered, and every file is read. */
export function openStamps(stateDir: string | undefined, dir: string, manifest: Manifest): Stamps {
  const path = stateDir === undefined ? undefined : join(stateDir, "stamps", `${keyOf(dir, manifest)}.json`);
  const known = path === undefined ? new Map<string, Stamp>() : read(path);
  const seen = new Map<string, Stamp>();
  let changed = false;
  let hasLearned = false;
  return {
    get hasLearned() {
      return hasLearned;
    },
    see(file, stats) {
      if (stats) seen.set(file, stampOf(stats));
      else seen.delete(file);
    },
    lastSeen: (file) => seen.get(file),
    isProven: (file, stats) => known.get(file) === stampOf(stats),
    prove(file, stats) {
      const stamp = stampOf(stats);
      if (known.get(file) === stamp) return;
      hasLearned = true;
      if (untilSettled(stats) > 0) return;
      known.set(file, stamp);
      changed = true;
    },
    save() {
      if (!changed || path === undefined) return;
      write(path, known);
      changed = false;
    },
  };
}

// Most file systems keep time in ticks of up to ten milliseconds. A file that was written within one may be
// written once more in the same, and look as it did.
const tick = 20;

/** Milliseconds until a further change of the file is certain to change its stamp. */
export function untilSettled(stats: Stats): number {
  const age = Date.now() - stats.ctimeMs;
  // A clock that runs behind that of a file server never gets there; it must not be waited for.
  // Timers count whole milliseconds and may come one early.
  return age < -tick || age >= tick ? 0 : Math.ceil(tick - age) + 1;
}

/** Two manifests with the same entries share their stamps; the digests are part of the entries. */
function keyOf(dir: string, manifest: Manifest): string {
  return createHash("sha256")
    .update(JSON.stringify([dir, manifest.entries]))
    .digest("hex")
    .slice(0, 32);
}

function read(path: string): Map<string, Stamp> {
  try {
    return new Map(Object.entries((JSON.parse(readFileSync(path, "utf8")) ?? {}) as Record<string, Stamp>));
  } catch {
    // Not there, damaged, or somebody else's: the files are read.
    return new Map();
  }
}

function write(path: string, stamps: ReadonlyMap<string, Stamp>): void {
  try {
    writeNote(path, JSON.stringify(Object.fromEntries(stamps)));
  } catch {
    // A read-only or full state directory costs time on the next run, nothing else.
  }
}
