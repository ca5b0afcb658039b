import { lstatSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join, posix, relative, sep } from "node:path";
import { checkedManifest } from "./checked-manifest.ts";
import { hexOf } from "./digest.ts";
import { codeOf, isMissing, PreloadError } from "./errors.ts";
import { entriesIn, pathsUnder } from "./holding.ts";
import { textAt } from "./maybe-there.ts";
import { ownedPaths } from "./owned-paths.ts";
import { lifeOf, pidOf, writerOf } from "./owner.ts";
import { folderLease } from "./partial.ts";
import { targetOf } from "./paths.ts";
import type { ArchiveEntry, FileEntry, Manifest } from "./types.ts";
import { unpackPath } from "./unpack.ts";

/** What goes when models are removed from a directory. */
export interface Removal {
  readonly dir: string;
  /** In the order in which they go, so that a reader never finds what leads nowhere. */
  readonly items: readonly RemovalItem[];
  /** Go if nothing is in them by then, and those above them. */
  readonly folders?: readonly string[];
  /** What the models own and something else needs. Relative to the directory. */
  readonly kept: readonly string[];
}

export interface RemovalItem {
  /** Relative to the directory: a file or a link, never a folder. */
  readonly path: string;
  /** The model it belongs to. */
  readonly ref: string;
  /** What the disk gets back. */
  readonly bytes: number;
}

/**
 * Works out what goes when models are removed from a directory: what their manifests put there and what interrupted
 * transfers left of it, but nothing that a manifest of `keep` or somebody else's link needs. Changes nothing.
 *
 * @throws PreloadError `BAD_ANSWER` for a manifest whose paths leave the directory, `USAGE` where a link leads out of
 * it, `NOT_WRITABLE` for what another process is fetching
 */
export function planRemoval(dir: string, remove: readonly Manifest[], keep: readonly Manifest[]): Removal {
  const look = openLook(dir);
  const owners = new Map<string, string>();
  for (const manifest of remove) {
    for (const path of pathsToRemove(checkedManifest(manifest), look)) {
      if (!owners.has(path)) owners.set(path, manifest.ref);
    }
  }
  const isNeeded = neededByOthers(owners, keep, look);
  const [kept, gone] = [[...owners.keys()].filter(isNeeded), [...owners.keys()].filter((path) => !isNeeded(path))];
  return {
    dir,
    items: gone.flatMap((path) => itemAt(path, owners.get(path) ?? "", look)),
    // Also of what is gone already: a removal that was killed may have left them.
    folders: foldersOf(gone, look),
    kept: kept.filter((path) => look.at(path) !== undefined),
  };
}

/** The same with what means nothing any more once the rest is gone. That goes first. */
export function withRemnants(removal: Removal, remnants: readonly { path: string; ref: string }[]): Removal {
  const look = openLook(removal.dir);
  const planned = new Set(removal.items.map(({ path }) => path));
  const others = remnants.filter(({ path }) => !planned.has(path)).flatMap(({ path, ref }) => itemAt(path, ref, look));
  return { ...removal, items: [...others, ...removal.items] };
}

/** The folders of these paths, or what is there of those above them. */
function foldersOf(paths: readonly string[], look: Look): string[] {
  const there = new Set(paths.map((path) => folderAbove(path, look)).filter((folder) => folder !== "."));
  for (const folder of there) look.refuseEscape(`${folder}/x`);
  return [...there];
}

function folderAbove(path: string, look: Look): string {
  let folder = posix.dirname(path);
  while (folder !== "." && !look.at(folder)?.isDirectory()) folder = posix.dirname(folder);
  return folder;
}

interface Look {
  readonly dir: string;
  namesIn(folder: string): readonly string[];
  at(path: string): Stats | undefined;
  /** Throws when the folder of a path is reached over a link that leads out of the directory. */
  refuseEscape(path: string): void;
}

function openLook(dir: string): Look {
  const names = new Map<string, readonly string[]>();
  const inside = new Set<string>();
  return {
    dir,
    namesIn(folder) {
      const known = names.get(folder) ?? entriesIn(join(dir, folder)).map(({ name }) => name);
      names.set(folder, known);
      return known;
    },
    at(path) {
      try {
        return lstatSync(join(dir, path), { throwIfNoEntry: false });
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    refuseEscape(path) {
      const folder = dirname(join(dir, path));
      if (inside.has(folder)) return;
      const real = realPath(folder);
      // Gone a moment ago, and with it what was in it.
      if (real === undefined) return;
      const way = relative(realpathSync(dir), real);
      if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
        throw new PreloadError("USAGE", `${folder} is reached over a link that leads out of ${dir}`, {
          hint: "Nothing was removed. Remove the link by hand, or name the cache it leads to.",
        });
      }
      inside.add(folder);
    },
  };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function itemAt(path: string, ref: string, look: Look): RemovalItem[] {
  const stats = look.at(path);
  if (!stats || stats.isDirectory()) return [];
  look.refuseEscape(path);
  // Bytes with another name somewhere stay on the disk.
  return [{ path, ref, bytes: stats.isFile() && stats.nlink === 1 ? stats.size : 0 }];
}

/** Refs and markers, then links, then what they lead to. Before all, the folder by which Python knows a package. */
function pathsToRemove(manifest: Manifest, look: Look): string[] {
  const texts = manifest.entries.flatMap((entry) => (entry.type === "text" ? [entry.path] : [])).reverse();
  const links = manifest.entries.flatMap((entry) => (entry.type === "link" ? [entry.path] : []));
  const contents = manifest.entries.flatMap((entry) => {
    if (entry.type !== "file" && entry.type !== "archive") return [];
    return [...ownedPaths({ entries: [entry] }), ...unfinished(entry, look)];
  });
  const owned = [...texts, ...links, ...contents];
  // The lease of a folder comes with each of its files.
  const all = [...new Set(owned.flatMap((path) => [path, ...draftsOf(path, look), ...compiledFrom(path, look)]))];
  return [...all.filter(isMetadata), ...all.filter((path) => !isMetadata(path))];
}

/** In the folder by which Python knows a package, even when it is empty. */
export function isMetadata(path: string): boolean {
  return /^[^/]+\.dist-info\//.test(path);
}

/** What an interrupted transfer has left; see `partial.ts`, `lease.ts`, and the staging folder in `unpack.ts`. */
function unfinished(entry: FileEntry | ArchiveEntry, look: Look): string[] {
  const final =
    entry.type === "file" ? entry.path : relative(look.dir, unpackPath(entry, look.dir)).replaceAll("\\", "/");
  const stem = `${posix.basename(final)}.${hexOf(entry.digest).slice(0, 12)}.`;
  const isTrace = (name: string) => name === folderLease || (name.startsWith(stem) && /\b(part|lease)$/.test(name));
  const traces = siblings(final, look, isTrace);
  for (const path of traces) refuseBusy(path, ownerOf(path, stem, look), look);
  if (entry.type === "file") return traces;
  const staged = look.namesIn(entry.path).filter((name) => isStaging(name, entry));
  return [...traces, ...staged.flatMap((name) => pathsUnder(look.dir, posix.join(entry.path, name)))];
}

function ownerOf(path: string, stem: string, { dir }: Look): string {
  if (path.endsWith(".lease")) return textAt(join(dir, path)) ?? "";
  return posix
    .basename(path)
    .slice(stem.length)
    .replace(/\.?part$/, "");
}

function refuseBusy(path: string, owner: string, { dir }: Look): void {
  if (lifeOf(owner) !== "alive") return;
  throw new PreloadError("NOT_WRITABLE", `${join(dir, path)} is being written by process ${pidOf(owner)}`, {
    hint: "Nothing was removed. Wait until it is done, or end it.",
  });
}

function isStaging(name: string, { digest }: ArchiveEntry): boolean {
  const owner = name.startsWith(".preload-") && name.endsWith(`-${digest.slice(-12)}`) ? name.slice(9, -13) : undefined;
  return owner !== undefined && lifeOf(owner) === "dead";
}

/** Links and texts are written under a name of their own first. */
function draftsOf(path: string, look: Look): string[] {
  const stem = `${posix.basename(path)}.`;
  return siblings(path, look, (name) => {
    const owner = name.startsWith(stem) ? writerOf(name) : undefined;
    return owner !== undefined && lifeOf(owner) === "dead";
  });
}

// What Python compiled would keep the folder, and with it something that can be imported.
function compiledFrom(path: string, look: Look): string[] {
  if (!path.endsWith(".py")) return [];
  const stem = posix.basename(path).replace(/py$/, "");
  const inCache = posix.join(posix.dirname(path), "__pycache__", stem);
  return siblings(inCache, look, (name) => name.startsWith(stem) && name.endsWith(".pyc"));
}

function siblings(path: string, look: Look, isMeant: (name: string) => boolean): string[] {
  const folder = posix.dirname(path);
  return look
    .namesIn(folder)
    .filter(isMeant)
    .map((name) => posix.join(folder, name));
}

/** What other manifests own, and what links lead to that are not ours to remove. */
function neededByOthers(
  owners: ReadonlyMap<string, string>,
  keep: readonly Manifest[],
  look: Look,
): (path: string) => boolean {
  const needed = new Set(keep.flatMap(ownedPaths));
  const folders: string[] = [];
  for (const path of neighbours(owners.keys(), look)) {
    if (owners.has(path) && !needed.has(path)) continue;
    const target = linkTarget(path, look);
    if (target === undefined) continue;
    needed.add(target);
    if (look.at(target)?.isDirectory()) folders.push(`${target}/`);
  }
  return (path) => needed.has(path) || folders.some((folder) => path.startsWith(folder));
}

/** Where links to these paths may be: in the same top folder, or beside a file that is in none. */
function neighbours(paths: Iterable<string>, look: Look): string[] {
  const tops = new Set([...paths].map((path) => (path.includes("/") ? (path.split("/")[0] ?? "") : "")));
  return [...tops].flatMap((top) => (top === "" ? look.namesIn("") : pathsUnder(look.dir, top)));
}

/** Relative to the directory, as the text of the link says it; undefined for what is no link or leads out of it. */
function linkTarget(path: string, { dir }: Look): string | undefined {
  try {
    const text = readlinkSync(join(dir, path)).replaceAll("\\", "/");
    const target = isAbsolute(text) ? relative(dir, text).replaceAll("\\", "/") : targetOf(path, text);
    return target.startsWith("../") ? undefined : target.replace(/\/$/, "");
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "EINVAL" || codeOf(error) === "UNKNOWN") return undefined;
    throw error;
  }
}
