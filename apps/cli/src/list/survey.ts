import { statSync } from "node:fs";
import { join } from "node:path";
import { check, type HeldFile, isMissing, type Manifest, ownedPaths, type PreloadError } from "@preload/core";
import { inventories, isPartial, partialsIn } from "../inventory.ts";
import { schemeOf } from "../known-models.ts";
import { sizeOf } from "../manifest-size.ts";
import { type ModelState, stateOf } from "../model-state.ts";
import { type HeldModel, heldModels } from "../projects/held-models.ts";
import type { Session } from "../session.ts";
import { type Elsewhere, searchFor } from "../where-else.ts";

export interface ListedModel extends HeldModel {
  readonly state: ModelState;
  /** Bytes when complete; undefined when nobody has resolved it. */
  readonly size: number | undefined;
  /** Bytes that are there. */
  readonly present: number;
  /** What is not as promised. */
  readonly problems: number;
  /** Where else it lies, when it is missing. */
  readonly elsewhere: readonly Elsewhere[];
}

/** One thing that the caches hold beside the models we know: a repository, a checkpoint, a pipeline. */
export interface Foreign {
  readonly dir: string;
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

export interface Survey {
  readonly models: readonly ListedModel[];
  /** Bytes of all known models on the disk, those that several share counted once. */
  readonly bytes: number;
  /** Interrupted transfers. */
  readonly partials: { readonly files: number; readonly bytes: number };
  readonly foreign: readonly Foreign[];
  /** By directory: all that lies there, ours and others'. */
  readonly caches: readonly Cache[];
  /** Locks of other projects that cannot be read. */
  readonly unreadable: readonly PreloadError[];
}

export interface Cache {
  /** The scheme of the refs that lie there. */
  readonly source: string;
  readonly dir: string;
  readonly bytes: number;
}

/** Looks at every model that is held and at what lies beside them. Changes nothing, asks nobody. */
export async function survey(session: Session): Promise<Survey> {
  const { models: known, unreadable } = await heldModels(session);
  const search = searchFor(session);
  const models: ListedModel[] = [];
  const owned = new Map<string, number>();
  for (const model of known) {
    const { manifest, dir } = model;
    if (!manifest) {
      const { elsewhere } = search.miss(model.ref, undefined);
      models.push({ ...model, state: "missing", size: undefined, present: 0, problems: 0, elsewhere });
      continue;
    }
    const found = await check(manifest, { dir, stateDir: session.stateDir, signal: session.signal });
    // A ref that has moved on is what makes a revision unused, and no fault of it.
    const problems = model.from === "unused" ? found.filter(({ reason }) => reason !== "wrong-text") : found;
    const files = bytesOnDisk(manifest, dir);
    for (const [inode, size] of files) owned.set(inode, size);
    const state = stateOf(problems);
    const size = sizeOf(manifest).bytes;
    // Nobody wants it, and nothing of it is left.
    if (model.from === "unused" && files.size === 0) continue;
    const elsewhere = state === "missing" ? search.miss(model.ref, manifest).elsewhere : [];
    models.push({ ...model, state, size, present: sum(files.values()), problems: problems.length, elsewhere });
  }
  return { models, bytes: sum(owned.values()), unreadable, ...beside(session, known, owned) };
}

/** Sizes by inode. Followed through links: a link and the blob it leads to have one, and count once. */
export function bytesOnDisk(manifest: Manifest, dir: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const path of ownedPaths(manifest)) {
    const stats = look(join(dir, path));
    if (stats?.isFile()) found.set(`${stats.dev}:${stats.ino}`, stats.size);
  }
  return found;
}

function look(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function beside(
  { fetchers }: Session,
  known: readonly HeldModel[],
  owned: ReadonlyMap<string, number>,
): Pick<Survey, "partials" | "foreign" | "caches"> {
  const places = new Map([
    ...Object.values(fetchers).map(({ name, dir }) => [`${name}:${dir}`, { source: name, dir }] as const),
    ...known.map(({ ref, dir }) => [`${schemeOf(ref)}:${dir}`, { source: schemeOf(ref), dir }] as const),
  ]);
  const partials: HeldFile[] = [];
  const foreign: Foreign[] = [];
  const caches: Cache[] = [];
  for (const { source, dir } of places.values()) {
    const unfinished = partialsIn(source, dir);
    const all = new Map(unfinished.map((file) => [file.inode, file]));
    for (const { name, files } of inventories[source]?.(dir) ?? []) {
      const others = new Map<string, HeldFile>();
      for (const file of files) {
        all.set(file.inode, file);
        if (file.size > 0 && !isPartial(file.path) && !owned.has(file.inode)) others.set(file.inode, file);
      }
      if (others.size > 0) foreign.push({ dir, name, files: others.size, bytes: sumOf([...others.values()]) });
    }
    partials.push(...unfinished);
    if (all.size > 0) caches.push({ source, dir, bytes: sumOf([...all.values()]) });
  }
  return { partials: { files: partials.length, bytes: sumOf(partials) }, foreign, caches };
}

function sumOf(files: readonly HeldFile[]): number {
  return sum(files.map(({ size }) => size));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
