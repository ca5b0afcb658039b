import type { Attempt } from "@preload/guards";
import type { Session } from "../session.ts";
import type { Change } from "./caches.ts";
import { reportDocument } from "./document.ts";
import { findingsOf } from "./findings.ts";
import { merge } from "./merge.ts";
import { judge } from "./outcome.ts";
import { render } from "./render.ts";
import type { Ran, ReportFlags } from "./report.ts";

interface Conclusion {
  /** For people. */
  readonly text: string;
  /** For programs. */
  readonly document: object;
  readonly exitCode: number;
}

/** What is to be said of a run that has something to be said of. Loaded only then. */
export async function conclude(
  ran: Ran,
  attempts: readonly Attempt[],
  changes: readonly Change[],
  session: Session,
  flags: ReportFlags,
): Promise<Conclusion> {
  const findings = await findingsOf(merge(attempts), session);
  const outcome = judge({ ran, findings, changes }, session, flags);
  return { text: render(outcome, session), document: reportDocument(outcome), exitCode: outcome.exitCode };
}
