import { profilesWith } from "@preload/core";
import type { Session } from "../session.ts";
import { asLocked, type Cached } from "./cached-models.ts";
import { bytesTogether, type CacheEntry } from "./entries.ts";

/** A model that could be dropped from a cache. */
export interface Droppable {
  readonly ref: string;
  readonly bytes: number;
  readonly profiles: readonly string[];
  /** The models that open it: it stays as long as they do. */
  readonly requiredBy: readonly string[];
  /** What is taken when it is dropped, and all those before it. */
  readonly left: number;
}

/** The models of a cache by size, the largest first. */
export function droppable(cached: Cached, { config }: Pick<Session, "config">): Droppable[] {
  const bySize = [...cached.models].sort((one, other) => other.bytes - one.bytes || (one.key < other.key ? -1 : 1));
  return bySize.map(({ refs, bytes }, index) => {
    const own = cached.resolutions.filter(({ ref }) => refs.includes(ref));
    return {
      ref: refs.join(", "),
      bytes,
      profiles: [...new Set(own.flatMap(({ request }) => profilesWith(config, request.ref)))],
      requiredBy: [...new Set(own.flatMap(({ requiredBy }) => requiredBy))],
      left: taken(bySize.slice(index + 1), cached),
    };
  });
}

/** What these models take: entries for each hold what they share several times. */
export function taken(
  models: readonly CacheEntry[],
  { granularity, resolutions }: Pick<Cached, "granularity" | "resolutions">,
): number {
  if (granularity === "model") return models.reduce((sum, { bytes }) => sum + bytes, 0);
  const refs = new Set(models.flatMap((entry) => entry.refs));
  return bytesTogether(resolutions.filter(({ ref }) => refs.has(ref)).map(asLocked));
}
