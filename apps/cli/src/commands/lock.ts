import {
  allRequests,
  emptyLock,
  formatLock,
  type Lock,
  PreloadError,
  type Request,
  type Resolution,
  understand,
  writeLock,
} from "@preload/core";
import type { Invocation } from "../command-spec.ts";
import { modelDocument } from "../documents.ts";
import { failuresOf } from "../failures.ts";
import type { Flags } from "../flags.ts";
import { changesBetween, describeChange } from "../lock-changes.ts";
import { sizeOf } from "../manifest-size.ts";
import { nextLock } from "../next-lock.ts";
import { noticeUnfetched, warnOfPlainMirrors } from "../notices.ts";
import { printResult } from "../output.ts";
import { refuseUnpinned } from "../policy.ts";
import { resolveModels } from "../resolve-models.ts";
import { openSession, requestsFor, type Session } from "../session.ts";
import { bytes, count } from "../words.ts";

interface LockFlags extends Flags {
  readonly upgrade?: boolean;
  readonly check?: boolean;
}

/** Writes down what the config means today. What is locked already stays, unless it is named or all is to move. */
export async function run({ io, flags, operands, signal }: Invocation<LockFlags>): Promise<number> {
  const session = await openSession(io, flags, signal);
  try {
    refuseWithoutConfig(session);
    refuseUnpinned(allRequests(session.config), session.config, session.fetchers);
    warnOfPlainMirrors(session);
    const requests = requestsToLock(session);
    const before = session.lock ?? emptyLock;
    const known = withoutPins(before, session, operands, flags.upgrade === true);
    const resolutions = await resolveModels(requests, { ...session, lock: known }, before);
    session.display.resolved(resolutions);
    session.display.end();
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    return await finish(session, before, resolutions, flags);
  } finally {
    session.close();
  }
}

function refuseWithoutConfig({ config, machine }: Session): void {
  if (config.path !== undefined) return;
  throw new PreloadError("USAGE", `there is no config in ${machine.cwd} or above it, and so nothing to lock`, {
    hint: "List the models in preload.yaml, or name a config with --config.",
  });
}

/** The lock covers every profile, used or not; `-p` and `--only` leave the rest of it as it is. */
function requestsToLock(session: Session): Request[] {
  const { config, flags } = session;
  const profile = flags.profile ?? Object.keys(config.profiles);
  return requestsFor({ ...session, flags: { ...flags, profile } }, []);
}

/** The lock as it may be relied on: without what is to be asked anew. */
function withoutPins(lock: Lock, session: Session, operands: readonly string[], all: boolean): Lock {
  if (all) return emptyLock;
  const named = operands.length > 0 ? requestsFor(session, operands) : [];
  const moving = new Set(named.map((request) => lockedRef(request, session)));
  return { ...lock, models: new Map([...lock.models].filter(([ref]) => !moving.has(ref))) };
}

function lockedRef(request: Request, { config, fetchers }: Session): string {
  const { canonical } = understand(request, fetchers);
  const isWanted = allRequests(config).some((other) => understand(other, fetchers).canonical === canonical);
  if (isWanted) return canonical;
  throw new PreloadError("USAGE", `${canonical} is in no profile of ${config.path}`, {
    hint: "Add it to a profile first; the lock holds what the config wants.",
  });
}

async function finish(
  session: Session,
  before: Lock,
  resolutions: readonly Resolution[],
  flags: LockFlags,
): Promise<number> {
  const { io, display, lockPath } = session;
  // A lock that lacks a required model would pass for complete: the old one stays.
  const isWhole = resolutions.every(({ status }) => status !== "failed");
  const next = !isWhole ? before : nextLock({ ...session, lock: before }, resolutions);
  const changes = changesBetween(before, next);
  const isStale = session.lock === undefined || formatLock(next) !== formatLock(before);
  const changed = isWhole && isStale;
  if (changed && !flags.check) await writeLock(lockPath, next);
  const failures = failuresOf(resolutions, session, changed && flags.check ? [stale(session)] : []);
  const { exitCode } = failures;

  const skipped = resolutions.filter(({ status }) => status === "skipped");
  const document = {
    path: lockPath,
    changed,
    changes,
    models: resolutions.map(modelDocument),
    notices: noticeUnfetched(resolutions, session),
  };
  printResult(io, flags, { command: "lock", ok: exitCode === 0, exitCode, ...document }, () =>
    changes.map((change) => `${describeChange(change)}\n`).join(""),
  );
  for (const { ref } of skipped) display.notice(`skipped ${ref}, which is optional`);
  if (!isWhole) display.notice(`${lockPath} stays as it was`);
  else if (!(changed && flags.check)) display.notice(verdict(session, next, changed));
  failures.tell();
  return exitCode;
}

function stale({ lockPath }: Session): PreloadError {
  return new PreloadError("DRIFT", `${lockPath} would change`, { hint: "Run `preload lock` and commit it." });
}

function verdict({ lockPath }: Session, lock: Lock, changed: boolean): string {
  const size = [...lock.models.values()].reduce((sum, manifest) => sum + sizeOf(manifest).bytes, 0);
  const holds = `${count(lock.models.size, "model")}, ${bytes(size)}`;
  return changed ? `wrote ${lockPath}: ${holds}` : `${lockPath} is up to date: ${holds}`;
}
