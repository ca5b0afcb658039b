import { allRequests, type Fetchers, formatRef, type Request, reachable, requestsOf, understand } from "@preload/core";
import { type Finding, type ModelFinding, modelsIn, type UsedModel } from "@preload/scan";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";

/** What the code uses, beside what the config has. */
export interface Comparison {
  /** Used, and not in the config. */
  readonly lacking: readonly UsedModel[];
  /** In the config, and not found in the code. */
  readonly unused: readonly WantedModel[];
  readonly disagreements: readonly Disagreement[];
}

/** A model of the config. */
interface WantedModel {
  /** In canonical form. */
  readonly ref: string;
  /** Without its revision, as findings have it. */
  readonly name: string;
  /** The names under which the cache will have it: what the code may ask for. */
  readonly revisions: readonly string[];
  readonly locked: string | undefined;
  readonly profiles: readonly string[];
}

/** A place that asks for a revision which will not be there. */
export interface Disagreement {
  readonly use: ModelFinding;
  /** What it asks for; `main` where it says nothing. */
  readonly asked: string;
  readonly wanted: readonly WantedModel[];
}

export function compare(findings: readonly Finding[], session: Session): Comparison {
  const used = modelsIn(findings);
  const wanted = wantedModels(session);
  const names = new Set(wanted.map(({ name }) => name));
  const required = requiredBy(wanted, session);
  const usedNames = new Set(used.map(({ ref }) => ref));
  return {
    lacking: used.filter(({ ref }) => !names.has(ref) && !required.has(ref)),
    unused: wanted.filter((model) => !usedNames.has(model.name) && !isRequiredBy(model, usedNames, session)),
    disagreements: used.flatMap(({ ref, uses }) =>
      disagreementsOn(
        uses,
        wanted.filter(({ name }) => name === ref),
      ),
    ),
  };
}

function wantedModels({ config, fetchers, flags, lock }: Session): WantedModel[] {
  // The built-in profiles are nobody's decision.
  if (config.path === undefined) return [];
  const requests = flags.profile === undefined ? allRequests(config) : requestsOf(config, flags.profile);
  return requests.map((request) => {
    const { canonical, parsed } = understand(request, fetchers);
    const { revision } = parsed;
    return {
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

/** What locked models open by themselves, without a revision. */
function requiredBy(wanted: readonly WantedModel[], { lock }: Session): Set<string> {
  const refs = lock
    ? reachable(
        wanted.map(({ ref }) => ref),
        lock,
      )
    : new Set<string>();
  return new Set([...refs].map(withoutRevision));
}

function isRequiredBy(model: WantedModel, used: ReadonlySet<string>, { lock }: Session): boolean {
  return [...(lock?.models.values() ?? [])].some(
    ({ ref, requires }) =>
      used.has(withoutRevision(ref)) && requires.some((one) => withoutRevision(one.ref) === model.name),
  );
}

function withoutRevision(ref: string): string {
  return formatRef({ ...partsOf(ref), name: partsOf(ref).name.replace(/@.*$/, "") });
}

/** The Hub's cache is asked by the name of a revision; the other sources have none. */
function disagreementsOn(uses: readonly ModelFinding[], wanted: readonly WantedModel[]): Disagreement[] {
  if (wanted.length === 0) return [];
  return uses.flatMap((use) => {
    if (schemeOf(use.ref) !== "hf" || use.revisionUnclear !== undefined || use.from === "value") return [];
    const asked = use.revision ?? "main";
    const isThere = wanted.some(({ revisions, locked }) => revisions.includes(asked) || locked === asked);
    return isThere ? [] : [{ use, asked, wanted }];
  });
}
