import { allRequests, type Manifest, parseRef, understand } from "@preload/core";
import type { Session } from "../session.ts";

/** What the lock holds of a model, in whatever revision. */
export function lockedAs(ref: string, { lock }: Pick<Session, "lock">): Manifest[] {
  return [...(lock?.models.values() ?? [])].filter((manifest) => nameOf(manifest.ref) === ref);
}

/** Whether the config names a model, in whatever revision. */
export function isInConfig(ref: string, { config, fetchers }: Session): boolean {
  if (config.path === undefined) return false;
  return allRequests(config).some((request) => nameOf(understand(request, fetchers).canonical) === ref);
}

function nameOf(ref: string): string {
  const { scheme, name } = parseRef(ref);
  return `${scheme}:${name}`;
}
