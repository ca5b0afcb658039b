import { exitCodeOf, PreloadError } from "@preload/core";
import type { Session } from "../session.ts";
import type { Change } from "./caches.ts";
import type { Finding } from "./findings.ts";
import { lockedAs } from "./held.ts";
import type { Ran, ReportFlags } from "./report.ts";

/** All that a run is reported by. */
export interface Outcome {
  readonly ran: Ran;
  readonly findings: readonly Finding[];
  readonly changes: readonly CacheChange[];
  /** Whether an attempt was to fail the run, and whether a change of a cache was. */
  readonly fails: { readonly attempts: boolean; readonly changes: boolean };
  /** The command's own, where it failed by itself. */
  readonly exitCode: number;
}

export interface CacheChange extends Change {
  /** Whether the lock has the model, in whatever revision. */
  readonly isLocked: boolean;
  /** The tests that asked for it, as far as a guard noticed. */
  readonly tests: readonly string[];
}

interface Seen {
  readonly ran: Ran;
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
}

const refused = exitCodeOf(new PreloadError("OFFLINE", ""));

/** What follows from what was seen: whether the run passes, and of which changes one has to speak. */
export function judge({ ran, findings, changes }: Seen, session: Session, flags: ReportFlags): Outcome {
  const told = changes.map((change) => ({
    ...change,
    isLocked: lockedAs(change.ref, session).length > 0,
    tests: [...new Set(findings.flatMap(({ model, test }) => (model?.ref === change.ref && test ? [test] : [])))],
  }));
  const asserts = flags.assertNoDownload === true;
  const fails = {
    attempts: ran.network !== "open" && findings.length > 0 && flags.tolerate !== true,
    changes: asserts && told.length > 0,
  };
  return {
    ran,
    // With the network open, an attempt is what everybody does who loads a model.
    findings: ran.network === "open" ? [] : findings,
    changes: asserts ? told : told.filter(({ change, isLocked }) => /added|grown/.test(change) && !isLocked),
    fails,
    exitCode: ran.code === 0 && (fails.attempts || fails.changes) ? refused : ran.code,
  };
}
