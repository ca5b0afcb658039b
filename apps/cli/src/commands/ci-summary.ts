import { resolve } from "node:path";
import { PreloadError } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import type { Flags, Form } from "../flags.ts";
import { printResult } from "../output.ts";
import { budgetOf, lockedBytes } from "../runs/budget.ts";
import { readCacheFacts, readJson } from "../runs/cache-facts.ts";
import { rateOf } from "../runs/figures.ts";
import { lastRun } from "../runs/last-run.ts";
import type { RunRecord } from "../runs/record.ts";
import { projectOf } from "../runs/recorded.ts";
import { markdownSummary, textSummary } from "../runs/render-summary.ts";
import { isRecord, isRunLogOn, readRunLog, runLogPath } from "../runs/run-log.ts";
import { summaryOf } from "../runs/summary.ts";
import { openSession, type Session } from "../session.ts";

interface SummaryFlags extends Omit<Flags, "format"> {
  readonly format?: "markdown" | Form;
  readonly report?: string;
  readonly cacheFacts?: string;
}

/** Renders what a run did, for the page on which a CI shows it. */
export async function run({ io, flags: given, signal }: Invocation<SummaryFlags & Flags>): Promise<number> {
  const { format = "markdown", ...others }: SummaryFlags = given;
  const flags = { ...others, ...(format === "markdown" ? {} : { format }) };
  const session = await openSession(io, { ...flags, offline: true, online: false }, signal);
  try {
    const records = readRunLog(session.stateDir);
    const record = flags.report === undefined ? lastOf(records, session) : reportAt(flags.report, session);
    const facts = flags.cacheFacts === undefined ? {} : readCacheFacts(resolve(session.machine.cwd, flags.cacheFacts));
    const size = lockedBytes(session);
    const summary = summaryOf(
      record,
      { ...(size === undefined ? {} : { size }), ...facts },
      { rate: rateOf(records), budget: budgetOf(session) },
    );
    const document = { command: "ci-summary", ok: true, exitCode: 0, run: record, summary };
    printResult(io, { ...flags, quiet: false }, document, () =>
      format === "text" ? textSummary(summary) : markdownSummary(summary),
    );
    return 0;
  } finally {
    session.close();
  }
}

function lastOf(records: readonly RunRecord[], session: Session): RunRecord {
  const found = lastRun(records, projectOf(session));
  if (found) return found;
  throw new PreloadError("MISSING", `${runLogPath(session.stateDir)} has no run of this project`, {
    hint: isRunLogOn(session)
      ? "Run `preload ci` first, or name the file of its `--report json FILE`."
      : "No runs are remembered here (PRELOAD_RUN_LOG, or runLog of the config): name the file of `--report json FILE`.",
  });
}

function reportAt(file: string, { machine }: Session): RunRecord {
  const value = readJson(resolve(machine.cwd, file), "--report");
  if (isRecord(value)) return value;
  throw new PreloadError("USAGE", `--report ${file}: it is not what \`--report json FILE\` of a run writes`);
}
