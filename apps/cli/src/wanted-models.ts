import { allRequests, type Fetchers, type Request, requestsOf, understand } from "@preload/core";
import { schemeOf } from "./known-models.ts";
import type { Session } from "./session.ts";

/** A model of the config. */
export interface WantedModel {
  readonly request: Request;
  /** In canonical form. */
  readonly ref: string;
  /** Without its revision, as findings have it. */
  readonly name: string;
  /** The names under which the cache will have it: what the code may ask for. */
  readonly revisions: readonly string[];
  readonly locked: string | undefined;
  readonly profiles: readonly string[];
}

/** What the config lists, in the profiles that are meant. Nothing without a config: the built-in profiles are nobody's decision. */
export function wantedModels({ config, fetchers, flags, lock }: Session): WantedModel[] {
  if (config.path === undefined) return [];
  const requests = flags.profile === undefined ? allRequests(config) : requestsOf(config, flags.profile);
  return requests.map((request) => {
    const { canonical, parsed } = understand(request, fetchers);
    const { revision } = parsed;
    return {
      request,
      ref: canonical,
      name: nameOf(request, fetchers),
      revisions: [revision ?? "main", ...aliasesOf(request)],
      locked: lock?.models.get(canonical)?.revision,
      profiles: Object.keys(config.profiles).filter((profile) =>
        requestsOf(config, [profile]).some(({ ref }) => ref === request.ref),
      ),
    };
  });
}

/** A canonical ref, as if it named no revision. */
export function withoutRevision(ref: string): string {
  const scheme = schemeOf(ref);
  return `${scheme}:${ref.slice(scheme.length + 1).replace(/@.*$/, "")}`;
}

/** The canonical ref of a request, as if it named no revision. */
function nameOf(request: Request, fetchers: Fetchers): string {
  const { fetcher, parsed } = understand(request, fetchers);
  const { revision: _, ...ref } = parsed;
  // A fetcher may write the name in another way, so it is asked again.
  return fetcher.canonical({ ...ref, ...partsOf(fetcher.canonical(ref)) });
}

function partsOf(canonical: string): { scheme: string; name: string } {
  const scheme = schemeOf(canonical);
  return { scheme, name: canonical.slice(scheme.length + 1) };
}

function aliasesOf({ options: { alias } }: Request): string[] {
  return (Array.isArray(alias) ? alias : [alias]).filter((one): one is string => typeof one === "string");
}
