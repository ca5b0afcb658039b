import type { Removal } from "@preload/core";
import { schemeOf } from "../known-models.ts";
import { table } from "../table.ts";
import { count, shortRevision, bytes as shown } from "../words.ts";
import type { ResolvedModel } from "./plan.ts";

export interface PlanText {
  readonly verbose: boolean;
  /** Locks of other projects that name some of it. */
  readonly neededBy: readonly string[];
}

/** What would go, where from, and what the disk gets back. */
export function renderPlan(
  targets: readonly ResolvedModel[],
  removals: readonly Removal[],
  { verbose, neededBy }: PlanText,
): string {
  const rows = targets.map((model) => {
    const { files, bytes } = shareOf(model, removals);
    return [model.ref, shortRevision(model.manifest.revision), shown(bytes), count(files, "file"), model.dir];
  });
  const columns = [
    { title: "MODEL" },
    { title: "REVISION" },
    { title: "FREED", align: "right" },
    { title: "FILES", align: "right" },
    { title: "IN" },
  ] as const;
  const kept = removals.flatMap((removal) => removal.kept);
  const lines = [
    ...table(columns, rows),
    "",
    `total  ${shown(freedBytes(removals))} in ${count(removals.flatMap(({ items }) => items).length, "file")}`,
    ...(kept.length > 0 ? [`stays  ${count(kept.length, "file")} that something else needs`] : []),
    ...(kept.length > 0 ? neededBy.map((lock) => `       named by ${lock}`) : []),
  ];
  if (verbose) {
    for (const { dir, items } of removals) lines.push(...items.map(({ path }) => `  remove ${dir}/${path}`));
    for (const removal of removals) lines.push(...removal.kept.map((path) => `  keep   ${removal.dir}/${path}`));
  }
  return `${lines.join("\n")}\n`;
}

export function freedBytes(removals: readonly Removal[]): number {
  return removals.flatMap(({ items }) => items).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What belongs to a model; of what two removed models share, the first has all. */
function shareOf(model: ResolvedModel, removals: readonly Removal[]): { files: number; bytes: number } {
  const items = removals
    .filter(({ dir }) => dir === model.dir)
    .flatMap((removal) => removal.items.filter(({ ref }) => ref === model.ref));
  return { files: items.length, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** The plan for programs. */
export function planDocument(targets: readonly ResolvedModel[], removals: readonly Removal[]) {
  return {
    models: targets.map((model) => ({
      ref: model.ref,
      source: schemeOf(model.ref),
      revision: model.manifest.revision,
      dir: model.dir,
      ...shareOf(model, removals),
    })),
    directories: removals.map(({ dir, items, kept }) => ({ dir, removed: items.map(({ path }) => path), kept })),
    bytes: freedBytes(removals),
  };
}
