import { type Lock, sameOptions } from "./lockfile.ts";
import { type Fetchers, type Request, understand } from "./resolve-all.ts";

export interface Drift {
  readonly ref: string;
  readonly what: "not in the lock" | "locked with other options" | "locked but not in the config";
}

/**
 * Where config and lock disagree. What a locked model requires belongs to the lock;
 * an optional model that could not be locked does not have to.
 */
export function lockDrift(requests: readonly Request[], lock: Lock, fetchers: Fetchers): Drift[] {
  const wanted = new Set<string>();
  const drift: Drift[] = [];
  for (const request of requests) {
    const { canonical, parsed } = understand(request, fetchers);
    wanted.add(canonical);
    const locked = lock.models.get(canonical);
    if (!locked && !request.optional) drift.push({ ref: canonical, what: "not in the lock" });
    if (locked && !sameOptions(locked.options, parsed.options))
      drift.push({ ref: canonical, what: "locked with other options" });
  }
  for (const ref of reachable(wanted, lock)) wanted.add(ref);
  for (const ref of lock.models.keys()) if (!wanted.has(ref)) drift.push({ ref, what: "locked but not in the config" });
  return drift;
}

/** The wanted models and what they require in turn, as the lock has it. */
export function reachable(wanted: Iterable<string>, lock: Lock): Set<string> {
  const found = new Set<string>();
  const queue = [...wanted];
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    if (found.has(ref)) continue;
    found.add(ref);
    queue.push(
      ...(lock.models.get(ref)?.requires ?? []).filter(({ safe }) => safe).map((requirement) => requirement.ref),
    );
  }
  return found;
}
