import { posix, win32 } from "node:path";
import { checkedManifest, type Fetcher, type Machine, type Manifest, ownedPaths } from "@preload/core";
import { sizeOf } from "../manifest-size.ts";
import { leavesOf } from "../pack/tree.ts";
import { contentDigest, modelKey, setDigest, setKey, setPrefix } from "./key.ts";

/** What a CI saves and restores as one: a model, or a set of them. */
export interface CacheEntry {
  /** Names the content and where it lies: two entries that differ in either never have the same. */
  readonly key: string;
  /** The model, in canonical form; null for a set. */
  readonly ref: string | null;
  /** The models in it, sorted: more than one for a set, and where several refs mean the same files. */
  readonly refs: readonly string[];
  /** Whether a job may go on without it. */
  readonly optional: boolean;
  /** Exactly what the lock reaches, absolute. Where links do not exist, some of it is never there. */
  readonly paths: readonly string[];
  /** The same, in the same order: relative to the workspace, with `/` on every platform, sorted. */
  readonly relativePaths: readonly string[];
  /** The directories of the clients, relative to the workspace. */
  readonly positions: readonly string[];
  /** On the disk, unpacked. */
  readonly bytes: number;
  /** `sha256:` and 64 digits, of which the key has the first 32. */
  readonly digest: string;
  /** What the keys of older entries begin with, where restoring one of them saves something; null where it does not. */
  readonly restorePrefix: string | null;
}

/** A model as the lock has it, and the client it is for. */
export interface LockedModel {
  readonly manifest: Manifest;
  readonly fetcher: Pick<Fetcher, "dir">;
  readonly optional: boolean;
}

export interface Viewpoint {
  /** Absolute: what the paths of a CI's cache are relative to. */
  readonly workspace: string;
  readonly machine: Pick<Machine, "platform">;
}

/**
 * An entry for each model, sorted by key. Models of which all files are the same are one.
 *
 * @throws PreloadError `BAD_ANSWER` for a lock whose paths lead out of the client's directory
 */
export function entriesOf(models: readonly LockedModel[], view: Viewpoint): CacheEntry[] {
  const entries = new Map<string, CacheEntry>();
  for (const model of models) {
    const entry = entryOf(model, view);
    const same = entries.get(entry.key);
    const refs = sorted([...entry.refs, ...(same?.refs ?? [])]);
    entries.set(entry.key, {
      ...entry,
      refs,
      ref: refs[0] ?? null,
      optional: entry.optional && (same?.optional ?? true),
    });
  }
  return [...entries.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

function entryOf({ manifest, fetcher: { dir }, optional }: LockedModel, view: Viewpoint): CacheEntry {
  const { ref } = checkedManifest(manifest, view.machine.platform);
  const position = positionOf(dir, view);
  const paths = sorted(ownedPaths(manifest));
  const digest = contentDigest(manifest, position);
  return {
    key: modelKey(ref, digest),
    ref,
    refs: [ref],
    optional,
    paths: paths.map((path) => pathOf(view).join(dir, path)),
    relativePaths: paths.map((path) => posix.join(position, path)),
    positions: [position],
    bytes: sizeOf(manifest).bytes,
    digest,
    // An older revision's files lie elsewhere, and a key that begins alike may be of another model.
    restorePrefix: null,
  };
}

/** All models as one entry. What an older set restores is where it belongs, and what it lacks is fetched. */
export function setOf(models: readonly LockedModel[], view: Viewpoint): CacheEntry {
  const entries = entriesOf(models, view);
  const positions = sorted(entries.flatMap((entry) => entry.positions));
  const digest = setDigest(entries.map(({ key }) => key));
  // Sorted by what is the same on every system: a backslash sorts elsewhere than a slash.
  const absolute = new Map(
    entries.flatMap(({ paths, relativePaths }) => paths.map((path, at) => [relativePaths[at] ?? "", path])),
  );
  const relativePaths = sorted(absolute.keys());
  const prefix = setPrefix(positions);
  return {
    key: setKey(prefix, digest),
    ref: null,
    refs: sorted(entries.flatMap(({ refs }) => refs)),
    optional: entries.every(({ optional }) => optional),
    paths: relativePaths.map((path) => absolute.get(path) ?? ""),
    relativePaths,
    positions,
    bytes: bytesTogether(models),
    digest,
    restorePrefix: prefix,
  };
}

/** What models take on the disk: what they share counts once. */
export function bytesTogether(models: readonly Pick<LockedModel, "manifest">[]): number {
  const leaves = models.flatMap(({ manifest }) => leavesOf(manifest));
  const sizes = new Map(leaves.flatMap((leaf) => (leaf.type === "file" ? [[leaf.path, leaf.content.size]] : [])));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** Where a directory is, seen from the workspace: the same on every machine that is laid out alike. */
export function positionOf(dir: string, { workspace, machine }: Viewpoint): string {
  // On another drive there is no way from one to the other, and the place itself has to do.
  return pathOf({ machine }).relative(workspace, dir).replaceAll("\\", "/") || ".";
}

/** The rules of the machine's platform, which need not be the one we run on. */
function pathOf({ machine }: Pick<Viewpoint, "machine">): typeof posix {
  return machine.platform === "win32" ? win32 : posix;
}

function sorted(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort();
}
