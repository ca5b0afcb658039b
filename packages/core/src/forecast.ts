import { dirname } from "node:path";
import type { Problem } from "./check.ts";
import { entriesIn } from "./holding.ts";
import { bytesWaiting, stemOf, stemsIn } from "./partial.ts";
import { placeOf } from "./paths.ts";
import type { ArchiveEntry, Digest, FileEntry } from "./types.ts";
import { unpackPath } from "./unpack.ts";

/** What it takes to make a directory right again. */
export interface Forecast {
  readonly toFetch: readonly (FileEntry | ArchiveEntry)[];
  /** Of what is to be fetched, packed, without what an earlier run has left. */
  readonly bytes: number;
  /** What the disk needs meanwhile: packed and unpacked. In bytes. */
  readonly space: number;
}

/** Works out what `check`'s problems mean for the network and the disk. */
export function forecast(problems: readonly Problem[], dir: string): Forecast {
  const toFetch = new Set<FileEntry | ArchiveEntry>();
  for (const { entry } of problems) {
    if (entry.type === "file" || entry.type === "archive") toFetch.add(entry);
  }
  const left = leftovers();
  const bytes = [...toFetch].reduce((sum, entry) => sum + missingBytes(entry, dir, left), 0);
  return {
    toFetch: [...toFetch],
    bytes,
    space: [...toFetch].reduce((sum, entry) => sum + unpackedBytes(entry), bytes),
  };
}

/** Where the bytes of an entry are put together, before they are unpacked or have their final name. */
export function finalPath(entry: FileEntry | ArchiveEntry, dir: string): string {
  return entry.type === "archive" ? unpackPath(entry, dir) : placeOf(dir, entry.path);
}

type Leftovers = (final: string, digest: Digest) => boolean;

function missingBytes(entry: FileEntry | ArchiveEntry, dir: string, left: Leftovers): number {
  const final = finalPath(entry, dir);
  return left(final, entry.digest) ? Math.max(0, entry.size - bytesWaiting(final, entry.digest)) : entry.size;
}

/** Whether earlier runs have left anything of a file. Looks into each folder once, and there may be thousands of files. */
function leftovers(): Leftovers {
  const folders = new Map<string, ReadonlySet<string>>();
  return (final, digest) => {
    const folder = dirname(final);
    const stems = folders.get(folder) ?? stemsIn(entriesIn(folder).map(({ name }) => name));
    folders.set(folder, stems);
    return stems.has(stemOf(final, digest));
  };
}

function unpackedBytes(entry: FileEntry | ArchiveEntry): number {
  return entry.type === "archive" ? entry.members.reduce((sum, { size }) => sum + size, 0) : 0;
}
