import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PreloadError, Resolution } from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { countError, noCounts } from "../counting-http.ts";
import { exitCodeFor } from "../exit-code.ts";
import { explain } from "../explain.ts";
import type { Flags } from "../flags.ts";
import type { Session } from "../session.ts";
import { endedBy } from "../signals.ts";
import { type ModelRun, modelRun, type RunCommand, type RunRecord, recordOf, runError, type Seen } from "./record.ts";
import type { Report } from "./report-option.ts";
import { isRunLogOn, logRun } from "./run-log.ts";

export interface RunFlags extends Flags {
  readonly report?: readonly Report[];
}

/** A run while it works: collects what its record says. */
export interface Run {
  /** Where it happens, as soon as that is known. Without it, nobody knows where the log is, and there is no line. */
  at(session: Session): void;
  /** What it is about. What is not seen by the end was not done. */
  wants(resolutions: readonly Resolution[]): void;
  /** A model is done, for better or worse. The last word of each counts. */
  saw(seen: Seen): void;
  /** What would be the record if it ended now. */
  record(exitCode: number, error?: unknown): RunRecord;
  /**
   * Writes the line and the reports, once; gives back what kept a report from being written. That is told beside what
   * the run itself has to say, and never in place of it.
   */
  end(exitCode: number, error?: unknown): Promise<readonly PreloadError[]>;
}

/** Does a command's work, and remembers how it ended, however that was. */
export async function recorded<F extends RunFlags>(
  command: RunCommand,
  { io, flags, signal }: Invocation<F>,
  work: (run: Run) => Promise<number>,
): Promise<number> {
  const run = startRun(command, flags.report ?? []);
  try {
    return await work(run);
  } catch (error) {
    const troubles = await run.end(endedBy(signal) ?? exitCodeFor(error), error);
    for (const trouble of troubles) io.stderr.write(explain(trouble, io));
    throw error;
  }
}

function startRun(command: RunCommand, reports: readonly Report[]): Run {
  const at = new Date().toISOString();
  const start = performance.now();
  const seen = new Map<string, ModelRun>();
  let wanted: readonly Resolution[] = [];
  let session: Session | undefined;
  let ended: Promise<readonly PreloadError[]> | undefined;

  function record(exitCode: number, error?: unknown): RunRecord {
    const network = session?.network ?? noCounts();
    const stopped = error === undefined ? {} : { error };
    // In the order in which they were asked for, since the one in which they are done is another each time.
    const models = wanted.map((resolution) => seen.get(resolution.ref) ?? modelRun({ resolution, ...stopped }));
    return recordOf({
      at,
      command,
      exitCode,
      milliseconds: performance.now() - start,
      project: projectOf(session),
      lockDigest: lockDigestOf(session),
      fetchedBytes: models.reduce((sum, { fetchedBytes }) => sum + fetchedBytes, 0),
      ...network,
      models,
      error: error === undefined ? null : runError(error),
    });
  }

  function log(whole: RunRecord): void {
    process.off("exit", atExit);
    if (session && isRunLogOn(session)) logRun(session.stateDir, whole);
  }

  // A second Ctrl-C, or a fault that nobody caught.
  const atExit = (exitCode: number) => log(record(exitCode));
  process.on("exit", atExit);

  async function end(exitCode: number, error: unknown): Promise<readonly PreloadError[]> {
    const whole = record(exitCode, error);
    log(whole);
    if (reports.length === 0) return [];
    const { writeReports } = await import("./write-reports.ts");
    return writeReports(whole, reports, session?.machine.cwd);
  }

  return {
    at(opened) {
      session = opened;
    },
    wants(resolutions) {
      wanted = resolutions;
    },
    saw(one) {
      if (session && one.error !== undefined) countError(session.network, one.error);
      seen.set(one.resolution.ref, modelRun(one));
    },
    record,
    end(exitCode, error) {
      ended ??= end(exitCode, error);
      return ended;
    },
  };
}

/** What a record calls a project: it tells one from another, and not where it is. */
export function projectOf(session: Session | undefined): string | null {
  if (session?.config.path === undefined) return null;
  return createHash("sha256").update(session.lockPath).digest("hex").slice(0, 16);
}

function lockDigestOf(session: Session | undefined): string | null {
  if (session?.config.path === undefined) return null;
  try {
    return `sha256:${createHash("sha256").update(readFileSync(session.lockPath)).digest("hex")}`;
  } catch {
    // None yet, or gone meanwhile.
    return null;
  }
}
