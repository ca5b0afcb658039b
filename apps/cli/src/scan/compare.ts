import { reachable } from "@preload/core";
import { type Finding, type ModelFinding, modelsIn, type UsedModel } from "@preload/scan";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { type WantedModel, wantedModels, withoutRevision } from "../wanted-models.ts";

/** What the code uses, beside what the config has. */
export interface Comparison {
  /** Used, and not in the config. */
  readonly lacking: readonly UsedModel[];
  /** In the config, and not found in the code. */
  readonly unused: readonly WantedModel[];
  readonly disagreements: readonly Disagreement[];
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

/** The Hub's cache is asked by the name of a revision; the other sources have none. */
function disagreementsOn(uses: readonly ModelFinding[], wanted: readonly WantedModel[]): Disagreement[] {
  if (wanted.length === 0) return [];
  return uses.flatMap((use) => {
    if (schemeOf(use.ref) !== "hf" || use.revisionUnclear !== undefined || use.from === "value") return [];
    if (use.marks && use.revision === undefined) return [];
    const asked = use.revision ?? "main";
    const isThere = wanted.some(({ revisions, locked }) => revisions.includes(asked) || locked === asked);
    return isThere ? [] : [{ use, asked, wanted }];
  });
}
