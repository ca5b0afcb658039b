import type { Manifest, Upstream } from "@preload/core";
import { factsOf, type LockedModel } from "../lock-changes.ts";
import { contentsOf, fetchedBetween } from "./contents.ts";

/** A model at one revision. */
export interface Side extends LockedModel {
  /** When the revision was made; null where the source does not tell. */
  readonly date: string | null;
}

/** What is different between two revisions of a model. */
interface Changes {
  readonly license: Turn<string | null> | null;
  readonly gated: Turn<"auto" | "manual" | false> | null;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly dropped: readonly string[];
}

interface Turn<T> {
  readonly before: T;
  readonly after: T;
}

/** A model as it is locked, and as it would be. */
export interface Comparison {
  readonly current: Side | null;
  readonly latest: Side | null;
  readonly changes: Changes;
  /** What the later one has and the earlier has not, in bytes as they are transferred. */
  readonly toFetch: number;
}

/** Compares what is locked with what a ref means today; either may be unknown. */
export function compare(before: Manifest | undefined, after: Manifest | undefined, upstream: Upstream): Comparison {
  const [current, latest] = [sideOf(before, upstream), sideOf(after, upstream)];
  const gated = after === undefined ? (upstream.gated ?? false) : (after.gated ?? false);
  const isKnown = after !== undefined || upstream.gated !== undefined;
  return {
    current,
    latest,
    changes: {
      license: current && latest ? turn(current.license, latest.license) : null,
      gated: current && isKnown ? turn(current.gated, gated) : null,
      ...fileChanges(before, after),
    },
    toFetch: after === undefined ? 0 : fetchedBetween(before, after),
  };
}

function sideOf(manifest: Manifest | undefined, { dates }: Upstream): Side | null {
  return manifest === undefined ? null : { ...factsOf(manifest), date: dates[manifest.revision] ?? null };
}

function turn<T>(before: T, after: T): Turn<T> | null {
  return before === after ? null : { before, after };
}

function fileChanges(before: Manifest | undefined, after: Manifest | undefined) {
  const nothing = { added: [], changed: [], dropped: [] };
  if (before === undefined || after === undefined) return nothing;
  const [old, now] = [contentsOf(before), contentsOf(after)];
  return {
    added: [...now.keys()].filter((name) => !old.has(name)),
    changed: [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name)),
    dropped: [...old.keys()].filter((name) => !now.has(name)),
  };
}
