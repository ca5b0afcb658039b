import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CiDocument } from "./documents.ts";
import type { Job } from "./job.ts";
import { bytesBySource, type EntryRun, hitOf } from "./outcome.ts";
import type { Runner } from "./runner.ts";

interface Reported {
  readonly runner: Runner;
  readonly job: Job;
  readonly runs: readonly EntryRun[];
  readonly complete: boolean;
  /** Missing when nothing was fetched, nor tried to be. */
  readonly ci?: CiDocument;
}

/** Gives later steps what they may decide on. */
export function report({ runner, job, runs, complete, ci }: Reported): void {
  const hit = hitOf(runs);
  runner.output("keys", runs.map(({ entry }) => entry.key).join("\n"));
  runner.output("hit", hit);
  runner.output("complete", String(complete));
  runner.output("bytes", JSON.stringify(bytesBySource(runs, job.models, ci?.fetchedBytes ?? 0)));
  runner.output("paths", [...new Set(runs.flatMap(({ entry }) => entry.models.map(({ dir }) => dir)))].join("\n"));
  runner.output("lock-digest", `sha256:${createHash("sha256").update(readFileSync(job.lockPath)).digest("hex")}`);
}
