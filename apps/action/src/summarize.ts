import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CacheFact, CacheFacts } from "../../cli/src/runs/cache-facts.ts";
import type { Job } from "./job.ts";
import type { EntryRun } from "./outcome.ts";
import type { Runner } from "./runner.ts";
import type { Stage } from "./stage.ts";

/** Where a run writes down what it did. */
export function recordIn(stage: Stage): string {
  return join(stage.dir, "run.json");
}

/** Puts what `preload ci-summary` says of the run on the page of the job. */
export async function summarize(
  runs: readonly EntryRun[],
  { job, stage, runner }: { readonly job: Job; readonly stage: Stage; readonly runner: Runner },
): Promise<void> {
  const record = recordIn(stage);
  if (!existsSync(record)) return;
  const facts = join(stage.dir, "cache-facts.json");
  const hasFacts = written(facts, JSON.stringify(factsOf(runs, job)));
  const markdown = await job.preload.text("ci-summary", [
    "--report",
    record,
    ...(hasFacts ? ["--cache-facts", facts] : []),
  ]);
  if (markdown !== "") runner.summary(markdown);
}

/** On a full disk the page says less, and the job goes on. */
function written(path: string, text: string): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch {
    return false;
  }
}

function factsOf(runs: readonly EntryRun[], { budget }: Job): CacheFacts {
  return { budget: budget.limit, size: budget.bytes, entries: runs.map(factOf) };
}

function factOf({ entry: { key, refs }, found, saved, took }: EntryRun): CacheFact {
  const restored = { present: "none", exact: "exact", older: "older", bad: "exact", miss: "none" } as const;
  return {
    key,
    refs,
    restored: restored[found.state],
    ...(found.state === "present" ? {} : { milliseconds: took }),
    saved: saved?.state === "saved",
  };
}
