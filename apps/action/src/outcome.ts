import type { ModelDocument } from "./documents.ts";
import type { Entry, Found } from "./entries.ts";
import type { Saved } from "./save.ts";

/** What became of one entry in this run. */
export interface EntryRun {
  readonly entry: Entry;
  readonly found: Found;
  /** Milliseconds that it took to find it, and to verify what was found. */
  readonly took: number;
  readonly saved?: Saved | undefined;
}

/** `exact`: nothing had to be fetched. `partial`: the cache had some of it. `miss`: it had nothing. */
export type Hit = "exact" | "partial" | "miss";

/** Optional models that nobody may have do not make a hit less than it is. */
export function hitOf(runs: readonly EntryRun[]): Hit {
  const meant = runs.filter(({ entry, found }) => !entry.optional || found.state !== "miss");
  if (meant.every(({ found }) => isHit(found))) return "exact";
  return meant.some(({ found }) => found.state !== "miss") ? "partial" : "miss";
}

export function isHit({ state }: Found): boolean {
  return state === "exact" || state === "present";
}

/** Where the bytes came from that are there now. */
export function bytesBySource(
  runs: readonly EntryRun[],
  before: readonly ModelDocument[],
  fetched: number,
): { present: number; cache: number; network: number } {
  const present = before.filter(({ problems }) => problems === 0).map(({ bytes }) => bytes ?? 0);
  const cache = runs.map(({ found }) => ("bytes" in found ? found.bytes : 0));
  return { present: sum(present), cache: sum(cache), network: fetched };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
