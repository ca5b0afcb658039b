import { allRemembered, allRequests, type Fetcher } from "@preload/core";
import { schemeOf } from "./known-models.ts";
import { requestsFor, type Session } from "./session.ts";

/**
 * The fetchers whose models the config uses; without a config, those of the built-in models and of what was installed
 * by name. The Hub's is always among them: nearly every library looks there.
 */
export function fetchersInUse(session: Session): Fetcher[] {
  const { config, fetchers, flags, stateDir } = session;
  const requests = flags.profile ? requestsFor(session, []) : allRequests(config);
  const installed = config.path === undefined ? allRemembered(stateDir).map(({ manifest }) => manifest) : [];
  const used = new Set(["hf", ...[...requests, ...installed].map(({ ref }) => schemeOf(ref))]);
  return Object.values(fetchers).filter(({ name }) => used.has(name) && (flags.only?.includes(name) ?? true));
}
