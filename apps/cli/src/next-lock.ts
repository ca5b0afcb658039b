import {
  allRequests,
  emptyLock,
  type Fetchers,
  type Lock,
  PreloadError,
  type Request,
  type Resolution,
  reachable,
  understand,
} from "@preload/core";
import type { Session } from "./session.ts";

/** The lock with what was resolved, and without what no profile wants any more. */
export function nextLock({ config, fetchers, lock }: Session, resolutions: readonly Resolution[]): Lock {
  const before = lock ?? emptyLock;
  const models = new Map(before.models);
  for (const { ref, manifest } of resolutions) if (manifest) models.set(ref, manifest);
  const wanted = allRequests(config).flatMap((request) => canonicalOf(request, fetchers) ?? []);
  const kept = reachable(wanted, { ...before, models });
  return { lockfileVersion: 1, models: new Map([...models].filter(([ref]) => kept.has(ref))) };
}

/** Undefined for a ref that makes no sense, which has failed by then. */
function canonicalOf(request: Request, fetchers: Fetchers): string | undefined {
  try {
    return understand(request, fetchers).canonical;
  } catch (error) {
    if (error instanceof PreloadError) return undefined;
    throw error;
  }
}
