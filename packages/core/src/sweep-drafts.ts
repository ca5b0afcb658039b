import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import { isMissing } from "./errors.ts";
import { finalPath } from "./forecast.ts";
import { namesIn } from "./maybe-there.ts";
import { lifeOf, writerOf } from "./owner.ts";
import { folderLease, stemOf } from "./partial.ts";
import type { Entry, Manifest } from "./types.ts";

/**
 * Removes what processes that are gone have left half made beside the entries of a manifest:
 *
 *   refs/main.1f2e3d4c-4711-98765.1.tmp                 a link or a text
 *   link.1f2e3d4c-4711-98765.1.tmp                      a try whether there are links
 *   model.bin.d3dd57d32acc.lease.1f2e3d4c-4711-98765    a lease that was being broken
 *   .preload-1f2e3d4c-4711-98765-0123456789ab           an archive that was being unpacked
 *
 * Partials and leases of these entries go as well: by now every entry is in its place, and a process that was killed
 * between placing one and clearing up leaves what no further transfer of it would find.
 */
export async function sweepDrafts(manifest: Manifest, dir: string): Promise<void> {
  const stems = new Set(manifest.entries.flatMap((entry) => stemsFor(entry, dir)));
  // The directory itself, where it is tried whether links can be made.
  for (const folder of new Set(["", ...manifest.entries.map(folderOf)])) {
    for (const name of namesIn(join(dir, folder))) {
      if (isOver(join(dir, folder), name, stems)) await rm(join(dir, folder, name), { force: true });
      const owner = writerOf(name) ?? forms.map((form) => form.exec(name)?.[1]).find((found) => found !== undefined);
      if (owner === undefined || lifeOf(owner) !== "dead") continue;
      await rm(join(dir, folder, name), { recursive: true, force: true });
    }
  }
}

const forms = [/\.lease\.([0-9a-f]{8}-\d+-\d+)$/, /^\.preload-([0-9a-f]{8}-\d+-\d+)-[0-9a-f]{12}$/];

function stemsFor(entry: Entry, dir: string): string[] {
  return entry.type === "file" || entry.type === "archive" ? [stemOf(finalPath(entry, dir), entry.digest)] : [];
}

/** A partial that nobody writes, or the lease of a process that is gone. */
function isOver(folder: string, name: string, stems: ReadonlySet<string>): boolean {
  const [, stem, owner, kind] = /^(.+\.[0-9a-f]{12})\.(?:([^.]+)\.)?(part|lease)$/.exec(name) ?? [];
  if (name !== folderLease && (stem === undefined || !stems.has(stem))) return false;
  if (kind === "part") return owner === undefined || lifeOf(owner) === "dead";
  try {
    return lifeOf(readFileSync(join(folder, name), "utf8")) === "dead";
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function folderOf(entry: Entry): string {
  return entry.type === "archive" || entry.type === "absent" ? entry.path : posix.dirname(entry.path);
}
