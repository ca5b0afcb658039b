import {
  allRequests,
  type Config,
  type Fetchers,
  type Lock,
  type Resolution,
  reachable,
  understand,
} from "@preload/core";

/** The lock with what was resolved. What nothing wants since then goes; every other entry stays as it is. */
export function movedLock(
  before: Lock,
  resolutions: readonly Resolution[],
  { was, is, fetchers }: { readonly was: Config; readonly is: Config; readonly fetchers: Fetchers },
): Lock {
  const models = new Map(before.models);
  for (const { ref, manifest } of resolutions) if (manifest) models.set(ref, manifest);
  const wantedBefore = reachable(refsOf(was, fetchers), before);
  const wanted = reachable(refsOf(is, fetchers), { ...before, models });
  const isLeft = (ref: string) => wanted.has(ref) || !wantedBefore.has(ref);
  return { lockfileVersion: 1, models: new Map([...models].filter(([ref]) => isLeft(ref))) };
}

/** The lock without these models, and without what only they require: both are to be asked anew. */
export function withoutMoving(before: Lock, moving: readonly string[], config: Config, fetchers: Fetchers): Lock {
  const standing = reachable(
    refsOf(config, fetchers).filter((ref) => !moving.includes(ref)),
    before,
  );
  const asked = reachable(moving, before);
  const isKept = (ref: string) => !moving.includes(ref) && (!asked.has(ref) || standing.has(ref));
  return { lockfileVersion: 1, models: new Map([...before.models].filter(([ref]) => isKept(ref))) };
}

function refsOf(config: Config, fetchers: Fetchers): string[] {
  return allRequests(config).map((request) => understand(request, fetchers).canonical);
}
