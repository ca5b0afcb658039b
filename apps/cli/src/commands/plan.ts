import { check, forecast, freeSpace, PreloadError, type Problem, type Resolution } from "@preload/core";
import { type Budget, budgetFor, describeBudget } from "../ci/budget.ts";
import { bytesTogether } from "../ci/entries.ts";
import type { Invocation } from "../command-spec.ts";
import { modelDocument } from "../documents.ts";
import { failuresOf } from "../failures.ts";
import type { Flags } from "../flags.ts";
import { refuseDrift } from "../frozen.ts";
import { sizeOf } from "../manifest-size.ts";
import { explainedMisses } from "../misses.ts";
import { noticeUnfetched, warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { refuseUnpinned } from "../policy.ts";
import { resolveModels } from "../resolve-models.ts";
import { openSession, requestsFor, type Session } from "../session.ts";
import { bytes, count, plain, shortRevision } from "../words.ts";

interface PlanFlags extends Flags {
  readonly docker?: boolean;
}

/** Says what `install` would do, and does none of it. */
export async function run({ io, flags, operands, signal }: Invocation<PlanFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    const requests = requestsFor(session, operands);
    if (flags.frozen) refuseDrift(session);
    refuseUnpinned(requests, session.config, session.fetchers);
    warnOfPlainMirrors(session);
    const resolutions = await resolveModels(requests, session);
    const asked = session.network.requests;
    const steps: Step[] = [];
    for (const resolution of resolutions) steps.push(await stepOf(resolution, session));
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    session.display.end();
    return await report(session, steps, asked, flags.docker ? await buildOf(resolutions) : undefined);
  } finally {
    session.close();
  }
}

/** What is to be done for one model. */
interface Step {
  readonly resolution: Resolution;
  readonly problems: readonly Problem[];
  readonly toFetch: { readonly files: number; readonly bytes: number };
  /** True when nothing of what has to come is there yet. */
  readonly isWhole: boolean;
  /** What the disk needs for it. In bytes. */
  readonly space: number;
}

async function stepOf(resolution: Resolution, { stateDir, signal, display }: Session): Promise<Step> {
  if (resolution.status !== "resolved") {
    return { resolution, problems: [], toFetch: { files: 0, bytes: 0 }, isWhole: false, space: 0 };
  }
  const { fetcher, manifest, ref } = resolution;
  const onRead = (path: string, read: number) => display.event({ type: "check", ref, path, bytes: read });
  const problems = await check(manifest, { dir: fetcher.dir, stateDir, signal, onRead });
  const { toFetch, bytes: toCome, space } = forecast(problems, fetcher.dir);
  const all = manifest.entries.flatMap((entry) => ("size" in entry ? [entry.size] : []));
  const isWhole = toCome === sum(all);
  return { resolution, problems, toFetch: { files: toFetch.length, bytes: toCome }, isWhole, space };
}

async function buildOf(resolutions: readonly Resolution[]): Promise<Told> {
  const { buildSize, describeBuild } = await import("../docker/build-size.ts");
  const size = buildSize(resolutions.filter((one) => one.status === "resolved"));
  return { document: { docker: size }, lines: describeBuild(size) };
}

/** More of a plan, for programs and for people. */
interface Told {
  readonly document: object;
  readonly lines: readonly string[];
}

async function report(session: Session, steps: readonly Step[], asked: number, more?: Told): Promise<number> {
  const { io, flags } = session;
  const resolutions = await explainedMisses(
    steps.map(({ resolution }) => resolution),
    session,
  );
  const disks = await disksOf(steps);
  const failures = failuresOf(resolutions, session, disks.flatMap(tooSmall));
  const { exitCode } = failures;
  const toFetch = {
    files: sum(steps.map((step) => step.toFetch.files)),
    bytes: sum(steps.map((step) => step.toFetch.bytes)),
  };
  // One for each file, redirects not counted; those that found out what the refs mean are made again by an install.
  const requests = asked + toFetch.files;
  const notices = noticeUnfetched(resolutions, session);
  const budget = budgetOf(resolutions, session);
  printResult(
    io,
    flags,
    {
      command: "plan",
      ok: exitCode === 0,
      exitCode,
      models: steps.map((step, index) => stepDocument({ ...step, resolution: resolutions[index] ?? step.resolution })),
      toFetch,
      requests,
      disks,
      budget,
      notices,
      ...more?.document,
    },
    () =>
      [
        ...steps.flatMap((step) => describeStep(step)),
        `to fetch  ${toFetch.files === 0 ? "nothing" : `${bytes(toFetch.bytes)} in ${count(toFetch.files, "file")}`}, about ${count(requests, "request")}`,
        ...disks.map(describeDisk),
        ...(session.config.ci || budget.verdict !== "fits" ? [`CI cache  ${describeBudget(budget)}`] : []),
        ...(more?.lines ?? []),
        "",
      ].join("\n"),
  );
  failures.tell();
  return exitCode;
}

function stepDocument({ resolution, problems, toFetch }: Step) {
  const { fetchedBytes: _, milliseconds: __, ...model } = modelDocument(resolution);
  const leftOut = resolution.manifest?.leftOut ?? null;
  return { ...model, leftOut, toFetch, problems: problems.length, requires: resolution.manifest?.requires ?? [] };
}

function describeStep({ resolution, toFetch, problems, isWhole }: Step): string[] {
  const { ref, manifest } = resolution;
  if (resolution.status !== "resolved" || !manifest) return [`${resolution.status.padEnd(8)}  ${plain(ref)}`];
  const { files, bytes: size } = sizeOf(manifest);
  const { leftOut } = manifest;
  const state = problems.length === 0 ? "there" : toFetch.files === 0 ? "mend" : "fetch";
  const lines = [
    `${state.padEnd(8)}  ${plain(ref)} ${shortRevision(manifest.revision)} (${resolution.from})  ${bytes(size)} in ${count(files, "file")}`,
  ];
  const indent = " ".repeat(10);
  if (toFetch.files > 0 && !isWhole) {
    lines.push(`${indent}${bytes(toFetch.bytes)} in ${count(toFetch.files, "file")} to fetch, the rest is there`);
  }
  if (leftOut.files > 0) lines.push(`${indent}saves ${bytes(leftOut.bytes)} in ${count(leftOut.files, "file")}`);
  if (resolution.requiredBy.length > 0) lines.push(`${indent}required by ${resolution.requiredBy.join(", ")}`);
  return lines;
}

interface Disk {
  readonly dir: string;
  readonly needed: number;
  /** Null where the system does not tell. */
  readonly free: number | null;
}

/** For each directory that something is to be written into. */
async function disksOf(steps: readonly Step[]): Promise<Disk[]> {
  const needed = new Map<string, number>();
  for (const { resolution, space } of steps) {
    if (resolution.status !== "resolved" || space === 0) continue;
    const { dir } = resolution.fetcher;
    needed.set(dir, (needed.get(dir) ?? 0) + space);
  }
  return Promise.all(
    [...needed].map(async ([dir, space]) => ({ dir, needed: space, free: (await freeSpace(dir)) ?? null })),
  );
}

function tooSmall({ dir, needed, free }: Disk): PreloadError[] {
  if (free === null || needed <= free) return [];
  const message = `${dir} needs ${bytes(needed)} more and has ${bytes(free)} free`;
  return [
    new PreloadError("DISK_FULL", message, { hint: "Free some space, or choose another place with --cache-root." }),
  ];
}

function describeDisk({ dir, needed, free }: Disk): string {
  return `disk      ${dir} needs ${bytes(needed)}, ${free === null ? "free space unknown" : `${bytes(free)} free`}`;
}

/** What the models would take of a CI's cache. */
function budgetOf(resolutions: readonly Resolution[], session: Session): Budget {
  const models = resolutions.flatMap(({ status, manifest }) => (status === "resolved" ? [{ manifest }] : []));
  const isSet = session.config.ci?.granularity === "set";
  const taken = isSet ? bytesTogether(models) : sum(models.map(({ manifest }) => sizeOf(manifest).bytes));
  return budgetFor(taken, session, undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
