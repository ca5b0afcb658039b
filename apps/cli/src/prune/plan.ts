import {
  asPlaced,
  type Manifest,
  PreloadError,
  parseRef,
  planRemoval,
  type Removal,
  type RemovalItem,
  refuseForeign,
} from "@preload/core";
import { isResolved, type ResolvedModel, refuseRoot, withHubRemnants } from "../clean/plan.ts";
import { schemeOf } from "../known-models.ts";
import type { HeldModel } from "../projects/held-models.ts";
import type { Session } from "../session.ts";
import { chooseModels, type Limits } from "./choose.ts";
import { planLeftovers } from "./leftovers.ts";

export interface PrunePlan {
  /** What is to go whole, as far as nobody else needs it. */
  readonly chosen: readonly ResolvedModel[];
  /** In the order in which they are carried out. */
  readonly removals: readonly Removal[];
  /** What was not planned, in words: another process is at work on it, a link leads out of the cache. */
  readonly passedOver: readonly string[];
}

/** Works out what nobody needs. Changes nothing. */
export async function planPrune(held: readonly HeldModel[], session: Session, limits: Limits): Promise<PrunePlan> {
  const { only } = session.flags;
  const models = held.filter(isResolved);
  const wanted = chooseModels(models, limits).filter(({ ref }) => only?.includes(schemeOf(ref)) ?? true);
  const staying = models.filter((model) => !wanted.includes(model) && model.from !== "unused");
  const inProgress = models.filter(({ isInProgress }) => isInProgress);
  // What was not chosen and nothing names is not needed, but it is not to be broken either.
  const unused = models.filter((model) => !wanted.includes(model) && model.from === "unused");
  const kept = [...new Set([...staying, ...inProgress, ...unused])];

  const passedOver: string[] = [];
  const chosen: ResolvedModel[] = [];
  const removals: Removal[] = [];
  for (const group of groups(wanted)) {
    const plan = await planGroup(group, kept, session).catch((error: unknown) => {
      passedOver.push(reasonOf(error));
      return undefined;
    });
    if (!plan) continue;
    chosen.push(...group);
    removals.push(plan);
  }
  const planned = new Set(removals.flatMap(({ dir, items }) => items.map(({ path }) => `${dir}\0${path}`)));
  const left = planLeftovers(models, kept, session, limits.now).map((removal) => without(removal, planned));
  return { chosen, removals: [...removals, ...left.filter(isSomething)], passedOver };
}

/** Only what was planned before as well: what somebody has agreed to. */
export function agreed(plan: PrunePlan, before: PrunePlan): PrunePlan {
  const shown = new Set(before.removals.flatMap(({ dir, items }) => items.map(({ path }) => `${dir}\0${path}`)));
  const removals = plan.removals.map((removal) => ({
    ...removal,
    items: removal.items.filter(({ path }) => shown.has(`${removal.dir}\0${path}`)),
  }));
  const isWhole = removals.every(({ items }, index) => items.length === plan.removals[index]?.items.length);
  // Else something stays of what is chosen now, and has to be known the next time.
  return { ...plan, removals, chosen: isWhole ? plan.chosen : [] };
}

/** Models that may share files are planned together: those of one repository, one package, one file. */
function groups(models: readonly ResolvedModel[]): ResolvedModel[][] {
  const found = new Map<string, ResolvedModel[]>();
  for (const model of models) {
    const key = `${model.dir}\0${model.manifest.path.split("/", 1)[0]}`;
    found.set(key, [...(found.get(key) ?? []), model]);
  }
  return [...found.values()];
}

/** @throws PreloadError for what must not be touched now */
async function planGroup(
  group: readonly ResolvedModel[],
  kept: readonly ResolvedModel[],
  session: Session,
): Promise<Removal | undefined> {
  const { machine, fetchers, stateDir, signal } = session;
  const [first] = group;
  if (!first) return undefined;
  const { dir } = first;
  refuseRoot(dir, machine);
  const remove: Manifest[] = [];
  for (const { manifest } of group) {
    const fetcher = fetchers[schemeOf(manifest.ref)];
    if (fetcher) refuseForeign(manifest, parseRef(manifest.ref, manifest.options), fetcher);
    const ours = await asPlaced(manifest, { dir, stateDir, signal });
    if (ours) remove.push(ours);
  }
  const keep = kept.filter((model) => model.dir === dir).map(({ manifest }) => manifest);
  return withHubRemnants(planRemoval(dir, remove, keep));
}

function reasonOf(error: unknown): string {
  if (error instanceof PreloadError) return error.message;
  throw error;
}

function without(removal: Removal, planned: ReadonlySet<string>): Removal {
  const isNew = ({ path }: RemovalItem) => !planned.has(`${removal.dir}\0${path}`);
  return { ...removal, items: removal.items.filter(isNew) };
}

function isSomething({ items, folders = [] }: Removal): boolean {
  return items.length > 0 || folders.length > 0;
}
