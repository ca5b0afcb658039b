import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { exitCodeFor, Failures } from "../exit-code.ts";
import { explainAll } from "../explain.ts";
import type { Flags } from "../flags.ts";
import { warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { openSession, type Session } from "../session.ts";
import { describeStanding, standingDocument } from "../upstream/render.ts";
import { type Standing, type Status, standingsOf } from "../upstream/standing.ts";
import { refuseOffline, refuseWithoutConfig, wantedRequests } from "../upstream/wanted.ts";
import { count } from "../words.ts";

interface OutdatedFlags extends Flags {
  readonly pinned?: boolean;
  readonly check?: boolean;
}

/** Says what moved upstream since the lock was written. Changes nothing. */
export async function run({ io, flags, operands, signal }: Invocation<OutdatedFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    refuseWithoutConfig(session, "nothing that could be outdated");
    refuseOffline(session, "what is outdated has to be asked");
    const requests = wantedRequests(session, operands);
    warnOfPlainMirrors(session);
    session.display.doing(
      `asking what ${count(requests.length, "model")} mean${requests.length === 1 ? "s" : ""} today`,
    );
    const standings = await standingsOf(requests, session, { pinned: flags.pinned === true });
    session.display.end();
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    return report(standings, session, flags);
  } finally {
    session.close();
  }
}

function report(standings: readonly Standing[], session: Session, flags: OutdatedFlags): number {
  const { io, display } = session;
  const found = standings.filter(isFinding);
  const failed = standings.filter(({ status }) => status === "failed");
  const errors = [...failed.map(({ error }) => error), ...(flags.check && found.length > 0 ? [behind(found)] : [])];
  const exitCode = errors.length === 0 ? 0 : exitCodeFor(new Failures(errors));
  const counts = countsOf(standings);
  const document = { lock: session.lockPath, counts, models: standings.map(standingDocument) };
  printResult(io, flags, { command: "outdated", ok: exitCode === 0, exitCode, ...document }, () =>
    standings
      .filter((standing) => flags.verbose || standing.status !== "current" || isFinding(standing))
      .flatMap((standing) => describeStanding(standing).map((line) => `${line}\n`))
      .join(""),
  );
  display.notice(verdict(standings));
  const refs = failed.map(({ ref }) => ref);
  if (errors.length > 0) display.write("stderr", explainAll(errors, io, refs));
  return exitCode;
}

/** What somebody has to do something about. */
function isFinding({ status, misfit, renamed, optional, current }: Standing): boolean {
  if (status === "failed") return false;
  // Nobody here was ever let in, and the config can do without.
  if (status === "unavailable" && optional && current === null) return false;
  return !["current", "pinned"].includes(status) || misfit !== null || renamed !== null;
}

function behind(found: readonly Standing[]): PreloadError {
  const are = found.length === 1 ? "is" : "are";
  return new PreloadError(
    "DRIFT",
    `${count(found.length, "model")} ${are} not what ${found.length === 1 ? "its" : "their"} source has today`,
    {
      hint: "Run `preload update` and commit preload.lock, or look at what stands above.",
    },
  );
}

const statuses = ["current", "outdated", "pinned", "unlocked", "unavailable", "failed"] as const;

function countsOf(standings: readonly Standing[]): Record<Status, number> {
  const counts = statuses.map((status) => [status, standings.filter((one) => one.status === status).length]);
  return Object.fromEntries(counts) as Record<Status, number>;
}

/** `4 models: 1 outdated, 2 unavailable, 1 pinned` */
function verdict(standings: readonly Standing[]): string {
  const counts = countsOf(standings);
  const told = statuses.filter((status) => counts[status] > 0).map((status) => `${counts[status]} ${status}`);
  const all = `${count(standings.length, "model")}${told.length > 0 ? `: ${told.join(", ")}` : ""}`;
  if (counts.outdated === 0) return all;
  const isPinned = standings.some(({ status, follows }) => status === "outdated" && follows !== null);
  return `${all}; \`preload update${isPinned ? " --pins" : ""}\` moves ${counts.outdated === 1 ? "it" : "them"}`;
}
