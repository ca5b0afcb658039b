import type { Invocation } from "../command-spec.ts";
import type { Flags } from "../flags.ts";
import { printResult } from "../output.ts";
import { painter } from "../paint.ts";
import { budgetOf, lockedBytes } from "../runs/budget.ts";
import { shareOf } from "../runs/figures.ts";
import { renderStats } from "../runs/render-stats.ts";
import { isRunLogOn, readRunLog, runLogPath } from "../runs/run-log.ts";
import { statsOf } from "../runs/stats.ts";
import { goal } from "../runs/wording.ts";
import { openSession } from "../session.ts";

interface StatsFlags extends Flags {
  /** Milliseconds. */
  readonly since?: number;
}

/** Shows what the runs of this machine come to. */
export async function run({ io, flags, signal }: Invocation<StatsFlags>): Promise<number> {
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const since = flags.since === undefined ? undefined : Date.now() - flags.since;
    const stats = statsOf(readRunLog(session.stateDir), since);
    const budget = budgetOf(session);
    const held = lockedBytes(session);
    const cache = held === undefined ? undefined : { bytes: held, budget };
    const document = {
      command: "stats",
      ok: true,
      exitCode: 0,
      log: runLogPath(session.stateDir),
      since: since === undefined ? null : new Date(since).toISOString(),
      ...stats,
      goal,
      cache: cache === undefined ? null : { ...cache, share: shareOf(cache.bytes, cache.budget) ?? 0 },
    };
    printResult(io, flags, document, () =>
      stats.runs === 0 ? nothing(session, flags) : renderStats(stats, { cache, paint: painter(io.stdout, io.env) }),
    );
    return 0;
  } finally {
    session.close();
  }
}

function nothing(session: Parameters<typeof isRunLogOn>[0] & { readonly stateDir: string }, flags: StatsFlags): string {
  const path = runLogPath(session.stateDir);
  if (flags.since !== undefined) return `No run since then in ${path}.\n`;
  const why = isRunLogOn(session) ? "" : "; none is remembered, by PRELOAD_RUN_LOG or runLog of the config";
  return `No run yet in ${path}${why}.\n`;
}
