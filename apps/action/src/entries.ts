import type { CacheEntry } from "../../cli/src/ci/entries.ts";
import type { Cache } from "./cache.ts";
import { isFor, keysFor } from "./ordinal.ts";
import type { Model } from "./pieces.ts";

/** What is kept under one key: a model, or the set. */
export interface Entry extends Pick<CacheEntry, "key" | "refs" | "optional" | "bytes" | "paths" | "restorePrefix"> {
  /** Those of its models that the lock has and that may be here. */
  readonly models: readonly Model[];
  /** The folder in its archive. It is part of what the cache looks for, so that it is the same for every set. */
  readonly folder: string;
  /** What it may take unpacked, in bytes, with what tar puts around each file. */
  readonly most: number;
}

/** What the cache had of an entry. */
export type Found =
  /** Every byte was here before; it was not asked for. */
  | { readonly state: "present" }
  | { readonly state: "exact"; readonly key: string; readonly bytes: number }
  /** An older set, of which some was of use. */
  | { readonly state: "older"; readonly key: string; readonly bytes: number }
  /** Of the right name, and not what the lock says: what was right of it was taken. */
  | { readonly state: "bad"; readonly key: string; readonly bytes: number; readonly why: string }
  | { readonly state: "miss"; readonly trouble?: string };

/** Which entries the cache has, without fetching any. */
export async function lookUp(entry: Entry, cache: Cache): Promise<Found> {
  const { key: found, trouble } = await cache.lookUp(entry.folder, keysOf(entry));
  if (found === undefined) return { state: "miss", ...(trouble === undefined ? {} : { trouble }) };
  return { state: isFor(entry.key, found) ? "exact" : "older", key: found, bytes: 0 };
}

export function keysOf({ key, restorePrefix }: Entry): { first: string; others: string[] } {
  return keysFor(key, restorePrefix === null ? [] : [restorePrefix]);
}
