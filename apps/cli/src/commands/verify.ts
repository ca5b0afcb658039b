import {
  check,
  installAll,
  PreloadError,
  type Problem,
  type Resolution,
  type Result,
  worstExitCode,
} from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { describeProblems, isAbsence, problemDocument } from "../describe-problem.ts";
import { errorDocument, modelDocument } from "../documents.ts";
import { explain, explainAll } from "../explain.ts";
import { sizeOf } from "../manifest-size.ts";
import { warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { isLocked, noteProject } from "../projects/registry.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import type { Seen } from "../runs/record.ts";
import { type Run, type RunFlags, recorded } from "../runs/recorded.ts";
import { openSession, type Session, transferOptions } from "../session.ts";
import { whatToVerify } from "../what-to-verify.ts";
import type { Miss } from "../where-else.ts";
import { bytes, count, plain, shortRevision } from "../words.ts";

interface VerifyFlags extends RunFlags {
  readonly deep?: boolean;
  readonly fix?: boolean;
}

/** Compares what is on the disk with what was promised; with `--fix`, fetches what is not. */
export async function run(invocation: Invocation<VerifyFlags>): Promise<number> {
  return recorded("verify", invocation, (run) => verifyIn(invocation, run));
}

async function verifyIn({ io, flags, operands, signal }: Invocation<VerifyFlags>, run: Run): Promise<number> {
  const session = await openSession(io, flags.fix ? flags : { ...flags, offline: true, online: false }, signal);
  run.at(session);
  try {
    refuseEmpty(session, operands);
    const { resolutions, skipped, note } = await whatToVerify(session, operands);
    run.wants(resolutions);
    session.display.doing(`verifying ${count(resolutions.length, "model")}`);
    let findings = await Promise.all(resolutions.map((resolution) => findingOf(resolution, session, flags)));
    const fixed = flags.fix ? await fix(findings, session, flags) : [];
    if (fixed.length > 0) findings = merged(findings, fixed);
    for (const finding of findings) run.saw(seenOf(finding));
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    findings = await explained(findings, session);
    session.display.end();
    const failures = findings.flatMap(errorOf);
    const unwritten = await run.end(worstExitCode(failures));
    const exitCode = worstExitCode(failures) || worstExitCode(unwritten);
    report(session, findings, { skipped, note, flags, exitCode });
    for (const trouble of unwritten) session.display.write("stderr", explain(trouble, io));
    return exitCode;
  } finally {
    session.close();
  }
}

/** What was found of one model. */
interface Finding {
  readonly resolution: Resolution;
  readonly problems: readonly Problem[];
  /** Set when it could not even be looked at, or not be mended. */
  readonly error?: unknown;
  readonly fetchedBytes?: number;
  /** What was wrong and was mended. */
  readonly mended?: readonly Problem[];
  readonly milliseconds?: number;
  /** Set when something is not there. */
  readonly miss?: Miss;
}

async function findingOf(resolution: Resolution, session: Session, flags: VerifyFlags): Promise<Finding> {
  if (resolution.status !== "resolved") {
    // An optional model that nobody has installed is no fault.
    const isFault = !resolution.request.optional;
    return { resolution, problems: [], ...(isFault ? { error: resolution.error } : {}) };
  }
  const { fetcher, manifest, ref } = resolution;
  const { stateDir, signal, display } = session;
  const onRead = (path: string, read: number) => display.event({ type: "check", ref, path, bytes: read });
  try {
    const depth = flags.deep ? "deep" : "quick";
    const start = performance.now();
    const problems = await check(manifest, { dir: fetcher.dir, depth, stateDir, signal, onRead });
    if (problems.length > 0 && !flags.fix && (await isLeftOut(resolution))) {
      const { request, requiredBy } = resolution;
      const error = new PreloadError("MISSING", `${ref} is optional and not installed`);
      return { resolution: { request, ref, requiredBy, status: "skipped", manifest, error }, problems: [] };
    }
    return { resolution, problems, milliseconds: performance.now() - start };
  } catch (error) {
    return { resolution, problems: [], error };
  }
}

/** An install that could not have an optional model left nothing of it, and was content. */
async function isLeftOut(resolution: Extract<Resolution, { status: "resolved" }>): Promise<boolean> {
  if (!resolution.request.optional) return false;
  const { isAbsent } = await import("../pack/sources.ts");
  return isAbsent(resolution);
}

/** Fetches what is broken, and only that. */
async function fix(findings: readonly Finding[], session: Session, { deep }: VerifyFlags): Promise<Result[]> {
  const broken = findings.filter(({ problems }) => problems.length > 0).map(({ resolution }) => resolution);
  if (broken.length === 0) return [];
  if (broken.some(isLocked)) await noteProject(session, session.lock);
  warnOfPlainMirrors(session);
  session.display.doing(`mending ${count(broken.length, "model")}`);
  // What became of each is told once, at the end.
  return installAll(broken, { ...transferOptions(session), onResult: () => {}, depth: deep ? "deep" : "quick" });
}

/** What was mended was verified by the way. */
function merged(findings: readonly Finding[], results: readonly Result[]): Finding[] {
  return findings.map((finding) => {
    const result = results.find(({ ref }) => ref === finding.resolution.ref);
    if (!result) return finding;
    if (result.status !== "resolved") return { ...finding, error: result.error };
    return {
      ...finding,
      problems: [],
      mended: finding.problems,
      fetchedBytes: result.outcome?.fetched.bytes ?? 0,
      milliseconds: result.took,
    };
  });
}

/** What is missing is looked for in the other places of this machine. */
async function explained(findings: readonly Finding[], session: Session): Promise<Finding[]> {
  const isMiss = ({ problems, error }: Finding) =>
    problems.some(isAbsence) || (error instanceof PreloadError && error.code === "MISSING");
  if (!findings.some(isMiss)) return [...findings];
  const { explainedMiss, searchFor } = await import("../where-else.ts");
  const search = searchFor(session);
  return findings.map((finding) => {
    if (!isMiss(finding)) return finding;
    const { resolution, error } = finding;
    const miss = search.miss(resolution.ref, resolution.manifest);
    return { ...finding, miss, ...(error instanceof PreloadError ? { error: explainedMiss(error, miss) } : {}) };
  });
}

interface Told {
  readonly skipped: readonly string[];
  readonly note: string | undefined;
  readonly flags: VerifyFlags;
  readonly exitCode: number;
}

function report({ io, flags, display }: Session, findings: readonly Finding[], told: Told): void {
  const failed = findings.flatMap(({ error, resolution }) => (error === undefined ? [] : [{ error, resolution }]));
  const { skipped, note, exitCode } = told;
  printResult(
    io,
    flags,
    {
      command: "verify",
      ok: exitCode === 0,
      exitCode,
      depth: told.flags.deep ? "deep" : "quick",
      models: findings.map(findingDocument),
      skipped,
    },
    () => findings.flatMap((finding) => describeFinding(finding)).join(""),
  );
  if (note !== undefined) display.notice(note);
  if (skipped.length > 0) {
    display.notice(
      `not verified, since --only leaves ${skipped.length === 1 ? "it" : "them"} out: ${skipped.join(", ")}`,
    );
  }
  display.notice(summary(findings, skipped.length));
  const refs = failed.map(({ resolution }) => resolution.ref);
  display.write(
    "stderr",
    explainAll(
      failed.map(({ error }) => error),
      io,
      refs,
    ),
  );
  const isBroken = findings.some(({ problems }) => problems.length > 0);
  if (isBroken && !told.flags.fix) display.notice("`preload verify --fix` fetches what is broken.");
}

/** Why a model is not as promised. Nothing but absence is exit 3; anything that is there and wrong is exit 4. */
function errorOf({ problems, error, resolution }: Finding): unknown[] {
  if (error !== undefined) return [error];
  if (problems.length === 0) return [];
  const more = problems.length > 3 ? `, and ${problems.length - 3} more` : "";
  const what = problems.slice(0, 3).map(({ reason, path }) => `${path} (${reason})`);
  const code = problems.every(isAbsence) ? "MISSING" : "CORRUPT";
  return [new PreloadError(code, `${resolution.ref}: not as promised: ${what.join(", ")}${more}`)];
}

function seenOf(finding: Finding): Seen {
  const { resolution, mended = [], fetchedBytes = 0, milliseconds = 0 } = finding;
  const [error] = errorOf(finding);
  return { resolution, mended, fetchedBytes, milliseconds, ...(error === undefined ? {} : { error }) };
}

function describeFinding({ resolution, problems, error, fetchedBytes, miss }: Finding): string[] {
  const { ref, manifest, status } = resolution;
  if (status !== "resolved" && error === undefined) return [`skipped ${plain(ref)}\n`];
  if (!manifest) return [`failed  ${plain(ref)}\n`];
  const { files, bytes: size } = sizeOf(manifest);
  const name = `${plain(ref)} ${shortRevision(manifest.revision)}`;
  if (problems.length === 0 && error === undefined) {
    const mended = fetchedBytes === undefined ? "" : `, mended by fetching ${bytes(fetchedBytes)}`;
    return [`ok      ${name} ${bytes(size)} in ${count(files, "file")}${mended}\n`];
  }
  const place = resolution.status === "resolved" ? resolution.fetcher : { dir: "", dirRule: "" };
  const lines = problems.length === 0 ? [] : describeProblems(problems, place, manifest, true);
  const also = miss && problems.length > 0 ? elsewhereIn(miss) : [];
  return [`broken  ${name}\n`, ...[...lines, ...also].map((line) => `  ${line}\n`)];
}

function elsewhereIn({ elsewhere }: Miss): string[] {
  return elsewhere.map(({ dir, rule, what }) => `also in ${plain(dir)} (${plain(rule)}): ${what}`);
}

function findingDocument({ resolution, problems, error, fetchedBytes = 0, miss }: Finding) {
  const { milliseconds: _, ...model } = modelDocument(resolution);
  const isOk = problems.length === 0 && error === undefined;
  const status =
    resolution.status === "resolved" ? (isOk ? "ok" : "broken") : resolution.request.optional ? "skipped" : "failed";
  return {
    ...model,
    status,
    fetchedBytes,
    problems: problems.map(problemDocument),
    elsewhere: miss?.elsewhere ?? [],
    error: error === undefined ? null : errorDocument(error),
  };
}

function summary(findings: readonly Finding[], leftOut: number): string {
  const meant = findings.filter(({ resolution, error }) => resolution.status === "resolved" || error !== undefined);
  const good = meant.filter(({ problems, error }) => problems.length === 0 && error === undefined).length;
  const problems = findings.reduce((sum, finding) => sum + finding.problems.length, 0);
  const skipped = findings.length - meant.length;
  const parts = [
    `${good} of ${count(meant.length, "model")} as promised`,
    ...(problems > 0 ? [count(problems, "problem")] : []),
    ...(skipped > 0 ? [`${skipped} optional and not installed`] : []),
    ...(leftOut > 0 ? [`${leftOut} not verified`] : []),
  ];
  return parts.join(", ");
}
