import { basename, dirname, resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { type ListedModel, survey } from "../list/survey.ts";
import { printResult } from "../output.ts";
import { ago } from "../projects/words.ts";
import { budgetOf, lockedBytes } from "../runs/budget.ts";
import { type PageModel, reportPage } from "../runs/html/page.ts";
import { readRunLog } from "../runs/run-log.ts";
import { statsOf } from "../runs/stats.ts";
import { writeReport } from "../runs/write-reports.ts";
import { openSession } from "../session.ts";

interface ReportFlags extends Flags {
  readonly html?: string;
  /** Milliseconds. */
  readonly since?: number;
}

/** Writes what the runs of this machine come to as a page for people. */
export async function run({ io, flags, signal }: Invocation<ReportFlags>): Promise<number> {
  if (flags.html === undefined) {
    throw new PreloadError("USAGE", "nothing says where the report goes", { hint: "For example --html report.html." });
  }
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const now = Date.now();
    const stats = statsOf(readRunLog(session.stateDir), flags.since === undefined ? undefined : now - flags.since);
    const { models } = await survey(session);
    const held = lockedBytes(session);
    const file = resolve(session.machine.cwd, flags.html);
    const own = models.filter(({ from, profiles }) => from === "lock" || profiles.length > 0);
    const page = reportPage({
      name: basename(dirname(session.lockPath)) || "this machine",
      now,
      stats,
      cache: held === undefined ? undefined : { bytes: held, budget: budgetOf(session) },
      models: own.flatMap((model) => (model.size === undefined ? [] : [rowOf(model, model.size, now)])).sort(bySize),
      toDrop: models
        .filter((model) => isUnused(model, session.lockPath))
        .map((model) => rowOf(model, model.present, now))
        .sort(bySize),
    });
    await writeReport("--html", flags.html, file, page);
    printResult(
      io,
      flags,
      { command: "report", ok: true, exitCode: 0, html: file, runs: stats.runs },
      () => `${file}\n`,
    );
    return 0;
  } finally {
    session.close();
  }
}

/** Something of it is here, and no profile of this project and no other project wants it. */
function isUnused({ profiles, projects, present, isInProgress }: ListedModel, lockPath: string): boolean {
  return present > 0 && !isInProgress && profiles.length === 0 && projects.every((lock) => lock === lockPath);
}

function rowOf({ ref, profiles, from, lastUsed }: ListedModel, bytes: number, now: number): PageModel {
  return { ref, bytes, usedBy: profiles.join(", ") || knownFrom[from], lastUsed: ago(lastUsed, now) };
}

const knownFrom: Readonly<Record<ListedModel["from"], string>> = {
  lock: "the lock, no profile",
  config: "the config, no profile",
  install: "installed by name",
  project: "another project",
  unused: "nothing any more",
};

function bySize(one: PageModel, other: PageModel): number {
  return other.bytes - one.bytes;
}
