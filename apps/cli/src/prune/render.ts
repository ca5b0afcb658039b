import type { ResolvedModel } from "../clean/plan.ts";
import { freedBytes } from "../clean/render.ts";
import { schemeOf } from "../known-models.ts";
import { ago, isoTime } from "../projects/words.ts";
import { table } from "../table.ts";
import { count, shortRevision, bytes as shown } from "../words.ts";
import { leftover } from "./leftovers.ts";
import type { PrunePlan } from "./plan.ts";

export interface PruneText {
  readonly verbose: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What would go, why, and what the disk gets back. */
export function renderPrune(plan: PrunePlan, { verbose, now }: PruneText): string {
  const models = touched(plan).map((model) => {
    const { files, bytes } = shareOf(model.ref, model.dir, plan);
    const facts = [model.ref, shortRevision(model.manifest.revision), ago(model.lastUsed, now)];
    return [...facts, shown(bytes), count(files, "file"), model.dir];
  });
  const rests = leftovers(plan).map(({ dir, files, bytes }) => [
    ...["leftovers", "-", "-", shown(bytes), count(files, "file"), dir],
  ]);
  const columns = [
    { title: "MODEL" },
    { title: "REVISION" },
    { title: "LAST USED" },
    { title: "FREED", align: "right" },
    { title: "FILES", align: "right" },
    { title: "IN" },
  ] as const;
  const files = plan.removals.flatMap(({ items }) => items);
  const lines = [
    ...table(columns, [...models, ...rests]),
    "",
    `total  ${shown(freedBytes(plan.removals))} in ${count(files.length, "file")}`,
  ];
  if (verbose) {
    for (const { dir, items } of plan.removals) lines.push(...items.map(({ path }) => `  remove ${dir}/${path}`));
  }
  return `${lines.join("\n")}\n`;
}

/** True when there is no file to remove. */
export function isEmpty({ removals }: PrunePlan): boolean {
  return removals.every(({ items }) => items.length === 0);
}

/** The plan for programs. */
export function pruneDocument(plan: PrunePlan) {
  return {
    models: touched(plan).map((model) => ({
      ref: model.ref,
      source: schemeOf(model.ref),
      revision: model.manifest.revision,
      dir: model.dir,
      byHand: model.remembered !== undefined,
      lastUsed: isoTime(model.lastUsed),
      ...shareOf(model.ref, model.dir, plan),
    })),
    leftovers: leftovers(plan),
    directories: [...new Set(plan.removals.map(({ dir }) => dir))].map((dir) => ({
      dir,
      removed: plan.removals.flatMap((removal) => (removal.dir === dir ? removal.items.map(({ path }) => path) : [])),
    })),
    passedOver: plan.passedOver,
    bytes: freedBytes(plan.removals),
  };
}

/** Of two revisions of one ref, the first shows what goes of both. */
function touched(plan: PrunePlan): ResolvedModel[] {
  const shownOnce = new Set<string>();
  return plan.chosen.filter(({ ref, dir }) => {
    const key = `${dir} ${ref}`;
    if (shownOnce.has(key) || shareOf(ref, dir, plan).files === 0) return false;
    shownOnce.add(key);
    return true;
  });
}

function leftovers(plan: PrunePlan): { dir: string; files: number; bytes: number }[] {
  const dirs = [...new Set(plan.removals.map(({ dir }) => dir))];
  return dirs.map((dir) => ({ dir, ...shareOf(leftover, dir, plan) })).filter(({ files }) => files > 0);
}

function shareOf(ref: string, dir: string, { removals }: PrunePlan): { files: number; bytes: number } {
  const items = removals.flatMap((removal) =>
    removal.dir === dir ? removal.items.filter((item) => item.ref === ref) : [],
  );
  return { files: items.length, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0) };
}
