import { lstatSync } from "node:fs";
import { join, posix } from "node:path";
import { finalPath } from "./forecast.ts";
import { textAt } from "./maybe-there.ts";
import { lifeOf, writerOf } from "./owner.ts";
import { folderLease, stemOf } from "./partial.ts";
import { isAtWork } from "./placed.ts";
import type { Manifest } from "./types.ts";

/**
 * Which of these paths are half made and will not be continued: partials, leases, drafts and trees that were being
 * unpacked, by processes that are gone. A partial of a file that one of the manifests still lacks is kept.
 * The names are ours alone, so that this holds in every directory.
 */
export function leftoversIn(dir: string, paths: readonly string[], wanted: readonly Manifest[]): string[] {
  const lacking = new Set(wanted.flatMap((manifest) => stemsLacking(manifest, dir)));
  return paths.filter((path) => isLeftover(dir, path, lacking));
}

function isLeftover(dir: string, path: string, lacking: ReadonlySet<string>): boolean {
  const name = posix.basename(path);
  const [, stem, writer] = /^(.+\.[0-9a-f]{12})\.(?:([0-9a-f]{8}-\d+-\d+)\.)?part$/.exec(name) ?? [];
  if (stem !== undefined) {
    const isContinued = lacking.has(posix.join(posix.dirname(path), stem));
    if (writer === undefined || lifeOf(writer) === "dead") return !isContinued;
    return isOver(writer, dir, path);
  }
  if (name === folderLease || /\.[0-9a-f]{12}\.lease$/.test(name)) return isOver(textAt(join(dir, path)), dir, path);
  const owner = writerOf(name) ?? forms.map((form) => form.exec(path)?.[1]).find((found) => found !== undefined);
  return owner !== undefined && isOver(owner, dir, path);
}

/** Leases that were being broken, what lies in a tree that was being unpacked. */
const forms = [/\.lease\.([0-9a-f]{8}-\d+-\d+)$/, /(?:^|\/)\.preload-([0-9a-f]{8}-\d+-\d+)-[0-9a-f]{12}\//];

function isOver(owner: string | undefined, dir: string, path: string): boolean {
  const stats = lstatSync(join(dir, path), { throwIfNoEntry: false });
  return owner !== undefined && stats !== undefined && !isAtWork(owner, stats.mtimeMs);
}

/** Where partials of what is not there yet begin, relative to the directory. */
function stemsLacking({ entries }: Manifest, dir: string): string[] {
  return entries.flatMap((entry) => {
    if (entry.type !== "file" && entry.type !== "archive") return [];
    const isThere =
      entry.type === "file"
        ? exists(join(dir, entry.path))
        : entry.members.every(({ path }) => exists(join(dir, entry.path, path)));
    if (isThere) return [];
    const stem = stemOf(finalPath(entry, dir), entry.digest);
    return [posix.join(entry.type === "file" ? posix.dirname(entry.path) : entry.path, stem)];
  });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
