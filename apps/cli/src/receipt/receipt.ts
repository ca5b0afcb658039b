import { lstatSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";

/**
 * What a run that found everything as promised depended on, and what it printed. As long as all of it still looks the
 * same, the same command line would find and print the same: it need not be worked out again.
 *
 * It answers only what a quick check answers. A file's bytes were read when its stamp was taken, and a change of the
 * bytes changes the stamp; the same now holds for the config, the lock and the links.
 */
export interface Receipt {
  /** The folder of the program that kept it: another version may have another opinion. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Milliseconds since 1970. Everything is looked at anew from time to time, since clocks and disks are what they are. */
  readonly until: number;
  /** Every variable that was asked for, `null` for one that is not set. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly sights: readonly Sight[];
  readonly printed: readonly Printed[];
  /** The run log, and the line for it behind its beginning; `null` where none is kept. */
  readonly log: { readonly path: string; readonly line: string } | null;
}

/** A path, how it looked, and for a link how what it leads to looked. An empty text for nothing there. */
export type Sight = readonly [path: string, itself: string, behind?: string];

/** The number of the output, 1 or 2, and what was written to it. */
export type Printed = readonly [output: 1 | 2, text: string];

/** Two command lines may share a file; whose it is stands in it. */
export function receiptPath(stateDir: string, argv: readonly string[], cwd: string): string {
  let hash = 0x811c9dc5;
  // FNV-1a. A real digest would take longer to load than all the rest takes.
  for (const character of JSON.stringify([argv, cwd])) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return join(stateDir, "receipts", `${(hash >>> 0).toString(16).padStart(8, "0")}.json`);
}

/** How a path looks now. */
export function sightOf(path: string): Sight {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isSymbolicLink()) return [path, looks(stats)];
  return [path, looks(stats), looks(statSync(path, { throwIfNoEntry: false }))];
}

function looks(stats: Stats | undefined): string {
  return stats === undefined ? "" : `${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}:${stats.ino}:${stats.mode}`;
}
