import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A test that was skipped, because a model was not there. */
export interface Skip {
  readonly ref: string;
  readonly test: string;
  readonly reason: string;
}

/** Notes it for the end of the run; nobody is told when nothing was set up. One write, so that lines do not mix. */
export function noteSkip(folder: string | undefined, skip: Skip): void {
  if (folder) appendFileSync(pathIn(folder), `${JSON.stringify(skip)}\n`);
}

/** A test that is tried again is skipped again: it counts once. */
export function readSkips(folder: string): Skip[] {
  const lines = textOf(pathIn(folder)).split("\n").slice(0, -1);
  return [...new Set(lines)].map((line) => JSON.parse(line) as Skip);
}

/** How many tests each missing model cost, the most first; empty when there were none. */
export function describeSkips(skips: readonly Skip[]): string {
  if (skips.length === 0) return "";
  const lines = [...byRef(skips)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([ref, all]) => `  ${all.length}  ${withRef(ref, all[0]?.reason ?? "")}\n`);
  const tests = skips.length === 1 ? "1 test was" : `${skips.length} tests were`;
  return `preload: ${tests} skipped because a model is not there\n${lines.join("")}`;
}

function withRef(ref: string, reason: string): string {
  return reason.startsWith(ref) ? reason : `${ref}: ${reason}`;
}

function byRef(skips: readonly Skip[]): Map<string, Skip[]> {
  const groups = new Map<string, Skip[]>();
  for (const skip of skips) groups.set(skip.ref, [...(groups.get(skip.ref) ?? []), skip]);
  return groups;
}

function pathIn(folder: string): string {
  return join(folder, "skips.ndjson");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
