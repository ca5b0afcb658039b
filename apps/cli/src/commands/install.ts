import {
  installAll,
  PreloadError,
  type Request,
  type Resolution,
  type Result,
  worstExitCode,
  writeLock,
} from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { errorDocument, modelDocument } from "../documents.ts";
import { explain } from "../explain.ts";
import { failuresOf } from "../failures.ts";
import { formOf } from "../flags.ts";
import { refuseDrift } from "../frozen.ts";
import { writeImportPath } from "../import-path.ts";
import { lookOffline } from "../look-offline.ts";
import { nextLock } from "../next-lock.ts";
import { noticeUnfetched, warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { refuseUnpinned } from "../policy.ts";
import { isLocked, noteProject } from "../projects/registry.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { resolveModels } from "../resolve-models.ts";
import { seenOf } from "../runs/record.ts";
import { type Run, type RunFlags, recorded } from "../runs/recorded.ts";
import { openSession, requestsFor, type Session, transferOptions } from "../session.ts";
import { bytes, count, duration } from "../words.ts";

export async function run(invocation: Invocation<RunFlags>): Promise<number> {
  return installAs("install", invocation);
}

/** Installs and reports; `ci` is the same under another name, and frozen. */
export async function installAs(command: "install" | "ci", invocation: Invocation<RunFlags>): Promise<number> {
  return recorded(command, invocation, (run) => installIn(command, invocation, run));
}

async function installIn(
  command: string,
  { io, flags, operands, signal }: Invocation<RunFlags>,
  run: Run,
): Promise<number> {
  const session = await openSession(io, flags, signal);
  run.at(session);
  const start = performance.now();
  try {
    const requests = requestsFor(session, operands);
    refuseEmpty(session, operands);
    if (flags.frozen) refuseDrift(session);
    refuseUnpinned(requests, session.config, session.fetchers);
    warnOfPlainMirrors(session);
    showPlaces(session, requests);
    const resolved = await resolveModels(requests, session);
    if (operands.length === 0 || resolved.some(isLocked)) await noteProject(session, session.lock);

    const resolutions = await lookedAt(resolved, session);
    run.wants(resolutions);
    const lock = isForLock(session, operands) ? session.lockPath : undefined;
    const onResult = (result: Result) => {
      run.saw(seenOf(result));
      session.display.done(result);
    };
    const results = await installAll(resolutions, { ...transferOptions(session), lock, onResult });
    refuseIfStopped(signal);

    // The models are there whatever becomes of the rest, and are reported.
    const troubles: PreloadError[] = [];
    const lockPath = await unless(troubles, () => completedLock(session, operands, results));
    const pth = await unless(troubles, () => writeImportPath(session, results));
    const notices = noticeUnfetched(results, session);
    session.display.end();
    const took = performance.now() - start;
    const failures = failuresOf(results, session, troubles);
    const unwritten = await run.end(failures.exitCode);
    const exitCode = failures.exitCode || worstExitCode(unwritten);
    report(command, session, results, {
      exitCode,
      notices,
      lockPath,
      pth,
      troubles: [...troubles, ...unwritten],
      took,
    });
    failures.tell();
    for (const trouble of unwritten) session.display.write("stderr", explain(trouble, io));
    if (exitCode === 0) await keepIfUnchanged(session, results, run);
    return exitCode;
  } finally {
    session.close();
  }
}

/** What found nothing to do need not be done again before something changes. */
async function keepIfUnchanged(session: Session, results: readonly Result[], run: Run): Promise<void> {
  const { io, flags, network } = session;
  if (io.trace === undefined || formOf(flags) !== "text" || network.requests > 0) return;
  // What is spared writes no report.
  if ((flags as RunFlags).report !== undefined) return;
  const found = results.filter((result) => result.status === "resolved");
  const isUnchanged = ({ from, outcome }: (typeof found)[number]) => from === "lock" && outcome?.mended.length === 0;
  if (found.length < results.length || !found.every(isUnchanged)) return;
  const { keepReceipt } = await import("../receipt/keep-receipt.ts");
  keepReceipt(session, found, run.record(0));
}

async function lookedAt(resolutions: readonly Resolution[], session: Session): Promise<readonly Resolution[]> {
  const { offline, display } = session;
  const found = offline === undefined ? resolutions : await lookOffline(resolutions, session, offline);
  display.resolved(found);
  return found;
}

function showPlaces({ fetchers, display }: Session, requests: readonly Request[]): void {
  const schemes = new Set(requests.map(({ ref }) => ref.slice(0, ref.indexOf(":"))));
  for (const { name, dir, dirRule } of Object.values(fetchers)) {
    if (schemes.has(name)) display.detail(`${name}: ${dir} (${dirRule})`);
  }
}

/** What ended because of a signal is told once, not for every model. */
function refuseIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
}

async function completedLock(
  session: Session,
  operands: readonly string[],
  results: readonly Result[],
): Promise<string | undefined> {
  const { lockPath, display } = session;
  if (!isForLock(session, operands)) return undefined;
  const next = nextLock(session, results);
  // One that holds nothing would be committed as if it were the truth.
  if (next.models.size === 0 && session.lock === undefined) return undefined;
  if (await writeLock(lockPath, next)) display.notice(`wrote ${lockPath}`);
  await noteProject(session, next);
  return lockPath;
}

/** What is installed now is to be named by the lock. */
function isForLock({ config, flags }: Session, operands: readonly string[]): boolean {
  return config.path !== undefined && operands.length === 0 && !flags.frozen;
}

async function unless<T>(troubles: PreloadError[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PreloadError)) throw error;
    troubles.push(error);
    return undefined;
  }
}

interface Facts {
  readonly exitCode: number;
  readonly notices: readonly string[];
  readonly lockPath: string | undefined;
  readonly pth: string | undefined;
  /** What went wrong beside the models. */
  readonly troubles: readonly PreloadError[];
  /** Milliseconds. */
  readonly took: number;
}

function report(command: string, session: Session, results: readonly Result[], facts: Facts): void {
  const { io, flags, display, network } = session;
  const { exitCode } = facts;
  const fetchedBytes = results.reduce((sum, result) => sum + fetchedBy(result), 0);
  printResult(
    io,
    flags,
    {
      command,
      ok: exitCode === 0,
      exitCode,
      models: results.map(modelDocument),
      fetchedBytes,
      requests: network.requests,
      milliseconds: Math.round(facts.took),
      lock: facts.lockPath ?? null,
      pth: facts.pth ?? null,
      notices: facts.notices,
      errors: facts.troubles.map(errorDocument),
    },
    () => "",
  );
  for (const result of results) {
    if (result.status === "skipped")
      display.notice(`skipped ${result.ref}, which is optional: ${messageOf(result.error)}`);
  }
  display.notice(summary(results, fetchedBytes, facts.took));
}

/** `4 models ready, 1 failed; 2.7 GB fetched in 1 min 4 s` */
function summary(results: readonly Result[], fetchedBytes: number, took: number): string {
  const number = (status: Result["status"]) => results.filter((result) => result.status === status).length;
  const counts = [
    `${count(number("resolved"), "model")} ready`,
    ...(number("skipped") > 0 ? [`${number("skipped")} skipped`] : []),
    ...(number("failed") > 0 ? [`${number("failed")} failed`] : []),
  ].join(", ");
  const nothing = number("failed") > 0 ? "nothing was fetched" : "nothing to fetch";
  return `${counts}; ${fetchedBytes > 0 ? `${bytes(fetchedBytes)} fetched in ${duration(took)}` : nothing}`;
}

function fetchedBy(result: Result): number {
  return result.outcome?.fetched.bytes ?? 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
}
