import type { ResolvedModel } from "../clean/plan.ts";
import { bytesOnDisk } from "../list/survey.ts";

export interface Limits {
  /** Only what was last used longer ago. Milliseconds. */
  readonly olderThan?: number | undefined;
  /** Only as much as it takes for the known models to need no more than this. In bytes. */
  readonly maxSize?: number | undefined;
  /** Also what was installed by hand. */
  readonly all: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Which models may go. One that a lock names, or that a process is fetching, never does.
 *
 *   no limit       what nothing names
 *   older than     of that, and of what was installed by hand, what was not used for so long
 *   max size       of the same, the least recently used until the rest fits
 *   all            what was installed by hand goes like what nothing names
 */
export function chooseModels(models: readonly ResolvedModel[], limits: Limits): ResolvedModel[] {
  const { olderThan, maxSize, all, now } = limits;
  const isLimited = olderThan !== undefined || maxSize !== undefined;
  const isFree = (model: ResolvedModel) =>
    model.projects.length === 0 && !model.isInProgress && (all || isLimited || model.remembered === undefined);
  const isOld = ({ lastUsed = 0 }: ResolvedModel) => olderThan === undefined || now - lastUsed > olderThan;
  const found = models.filter((model) => isFree(model) && isOld(model));
  return maxSize === undefined ? found : leastUsed(found, models, maxSize);
}

/** Bytes on the disk of these models, those that several share counted once. */
export function bytesOf(models: readonly ResolvedModel[]): number {
  return together(new Set(models), new Map(models.map((model) => [model, bytesOnDisk(model.manifest, model.dir)])));
}

function leastUsed(
  candidates: readonly ResolvedModel[],
  models: readonly ResolvedModel[],
  maxSize: number,
): ResolvedModel[] {
  const sizes = new Map(models.map((model) => [model, bytesOnDisk(model.manifest, model.dir)]));
  const left = new Set(models);
  const chosen: ResolvedModel[] = [];
  for (const model of [...candidates].sort((one, other) => (one.lastUsed ?? 0) - (other.lastUsed ?? 0))) {
    if (together(left, sizes) <= maxSize) break;
    left.delete(model);
    chosen.push(model);
  }
  return chosen;
}

function together(
  models: ReadonlySet<ResolvedModel>,
  sizes: ReadonlyMap<ResolvedModel, ReadonlyMap<string, number>>,
): number {
  const files = new Map([...models].flatMap((model) => [...(sizes.get(model) ?? [])]));
  return [...files.values()].reduce((sum, size) => sum + size, 0);
}
