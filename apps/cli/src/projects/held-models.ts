import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { allPlaced, type Lock, type Manifest, PreloadError, readLock, rememberedAt } from "@preload/core";
import { type KnownModel, keyOf, knownModels, schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type Project, projects } from "./registry.ts";

/** A model that lies in some cache or is wanted there, and who wants it. */
export interface HeldModel extends Omit<KnownModel, "from"> {
  /** `project`: only the lock of another project names it. `unused`: it was put there, and nothing names it any more. */
  readonly from: KnownModel["from"] | "project" | "unused";
  /** The locks that name it in this directory. Absolute. */
  readonly projects: readonly string[];
  /** A process that is still at work has put it there. */
  readonly isInProgress: boolean;
  /** Milliseconds since 1970; undefined for what was never there. See `lastUse`. */
  readonly lastUsed: number | undefined;
}

export interface Held {
  readonly models: readonly HeldModel[];
  /** Locks that are there and cannot be read: nobody knows what they name. */
  readonly unreadable: readonly PreloadError[];
}

/** Every model that this project, another one, or an install by hand wants or has left, in any directory. */
export async function heldModels(session: Session): Promise<Held> {
  const { stateDir } = session;
  const noted = projects(stateDir);
  const { locks, unreadable } = await locksOf(noted, session);
  const models = new Map<string, HeldModel>();
  for (const model of knownModels(session)) {
    const names = model.from === "lock" ? [session.lockPath] : [];
    models.set(keyIn(model), { ...model, projects: names, isInProgress: false, lastUsed: undefined });
  }
  const add = (dir: string, manifest: Manifest, more: Partial<HeldModel> & Pick<HeldModel, "from">) => {
    const key = keyOf(dir, manifest);
    const known = models.get(key) ?? unnamed(dir, manifest, more.from, session);
    const names = [...new Set([...known.projects, ...(more.projects ?? [])])].sort();
    models.set(key, {
      ...known,
      projects: names,
      isInProgress: known.isInProgress || (more.isInProgress ?? false),
      lastUsed: latest(known.lastUsed, more.lastUsed),
    });
  };
  for (const { lock, dirs, lastUsed } of noted) {
    const from = lock === session.lockPath ? "lock" : "project";
    for (const manifest of locks.get(lock)?.models.values() ?? []) {
      const dir = dirs[schemeOf(manifest.ref)];
      if (dir !== undefined) add(dir, manifest, { from, projects: [lock], lastUsed });
    }
  }
  for (const { dir, manifest, isInProgress, at } of allPlaced(stateDir)) {
    if (existsSync(dir)) add(dir, manifest, { from: "unused", isInProgress, lastUsed: at });
  }
  const sorted = [...models.values()].sort(inOrder);
  return { models: sorted.map((model) => withLastUse(model, stateDir)), unreadable };
}

/**
 * The same, for a command that is about to remove what nobody wants.
 *
 * @throws PreloadError `BAD_CONFIG` for a lock that cannot be read: what it names must not go
 */
export async function everyHeld(session: Session): Promise<readonly HeldModel[]> {
  const { models, unreadable } = await heldModels(session);
  const [error] = unreadable;
  if (!error) return models;
  throw new PreloadError(error.code, error.message, {
    hint: "Nothing was removed: nobody knows what it names. Mend it, or delete it if the project is gone.",
  });
}

const order = ["lock", "config", "install", "project", "unused"] as const;

/** What is wanted here comes first, in the order in which it was written; the rest by its name. */
function inOrder(one: HeldModel, other: HeldModel): number {
  const rank = order.indexOf(one.from) - order.indexOf(other.from);
  if (rank !== 0 || one.from === "lock" || one.from === "config") return rank;
  return keyText(one) < keyText(other) ? -1 : 1;
}

function keyText({ ref, manifest, dir }: HeldModel): string {
  return [ref, manifest?.revision ?? "", dir].join("\0");
}

async function locksOf(
  noted: readonly Project[],
  session: Session,
): Promise<{ locks: Map<string, Lock>; unreadable: PreloadError[] }> {
  const locks = new Map<string, Lock>();
  const unreadable: PreloadError[] = [];
  for (const path of new Set(noted.map(({ lock }) => lock))) {
    try {
      const own = path === session.lockPath ? session.lock : undefined;
      const lock = own ?? (await readLock(path));
      if (lock) locks.set(path, lock);
    } catch (error) {
      if (!(error instanceof PreloadError)) throw error;
      unreadable.push(error);
    }
  }
  return { locks, unreadable };
}

function unnamed(dir: string, manifest: Manifest, from: HeldModel["from"], { fetchers }: Session): HeldModel {
  const { ref } = manifest;
  const fetcher = fetchers[schemeOf(ref)];
  const dirRule = fetcher?.dir === dir ? fetcher.dirRule : "where it was installed";
  const nobody = { profiles: [], projects: [], isInProgress: false, lastUsed: undefined };
  return { ref, manifest, dir, dirRule, from, ...nobody };
}

function keyIn({ dir, ref, manifest }: KnownModel): string {
  return manifest ? keyOf(dir, manifest) : `${dir} ${ref}`;
}

/**
 * When a model was last used is the latest of
 *
 *   a project that names it was installed     noted once a day
 *   it was fetched, or installed by hand
 *   its largest file was read                 as far as the file system notes that: with `relatime` once a day,
 *                                             with `noatime` not at all
 */
function withLastUse(model: HeldModel, stateDir: string): HeldModel {
  const { manifest, dir, remembered, lastUsed } = model;
  if (!manifest) return model;
  const installed = remembered && rememberedAt(stateDir, remembered);
  return { ...model, lastUsed: latest(lastUsed, installed, lastRead(manifest, dir)) };
}

function lastRead(manifest: Manifest, dir: string): number | undefined {
  const files = manifest.entries.flatMap((entry) => {
    if (entry.type === "file") return [{ path: entry.path, size: entry.size }];
    if (entry.type !== "archive") return [];
    return entry.members.map(({ path, size }) => ({ path: join(entry.path, path), size }));
  });
  const [largest] = files.sort((one, other) => other.size - one.size);
  if (!largest) return undefined;
  try {
    return statSync(join(dir, largest.path), { throwIfNoEntry: false })?.atimeMs;
  } catch {
    return undefined; // Closed to us, or in a circle: then nobody has read it.
  }
}

function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
