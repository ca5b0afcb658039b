import { emptyLock, formatLock, type Lock, type Resolution, stopped } from "@preload/core";
import { failuresOf } from "../failures.ts";
import type { Flags } from "../flags.ts";
import { changesBetween, describeChange } from "../lock-changes.ts";
import { sizeOf } from "../manifest-size.ts";
import { noticeUnfetched } from "../notices.ts";
import { printResult } from "../output.ts";
import type { Session } from "../session.ts";
import { bytes, count } from "../words.ts";
import type { ConfigFile } from "./config-file.ts";
import { textAt, writeTogether } from "./write-together.ts";

export interface EditFlags extends Flags {
  readonly dryRun?: boolean;
}

/** A change of the config, worked out and not yet written. */
export interface Outcome {
  readonly command: string;
  readonly file: ConfigFile;
  /** What was found out about the models; one that failed means that nothing is written. */
  readonly resolutions: readonly Resolution[];
  readonly before: Lock | undefined;
  /** Undefined when there is none, and none is needed. */
  readonly lock: Lock | undefined;
  /** One for each model and profile, for programs. */
  readonly models: readonly object[];
  /** The same in words. */
  readonly told: readonly string[];
  /** What is left to do after a change that was written. */
  readonly next?: string;
}

/** Writes config and lock, or neither, and tells what changed. Gives back the exit code. */
export async function finish(outcome: Outcome, session: Session, { dryRun = false }: EditFlags): Promise<number> {
  const { io, flags, display, lockPath } = session;
  const { command, file, resolutions, before, models } = outcome;
  display.end();
  if (session.signal.aborted) throw stopped(session.signal);
  const isWhole = resolutions.every(({ status }) => status !== "failed");
  const lock = isWhole ? outcome.lock : before;
  const changes = changesBetween(before ?? emptyLock, lock ?? emptyLock);
  const changed =
    isWhole && (file.before !== file.text || (lock && formatLock(lock)) !== (before && formatLock(before)));
  const failures = failuresOf(resolutions, session);
  const { exitCode } = failures;
  if (changed && !dryRun) await write(file, lock, lockPath);

  const document = {
    config: file.path,
    created: file.before === undefined,
    changed,
    dryRun,
    models: isWhole ? models : [],
    lock: lock === undefined ? null : lockPath,
    changes,
    notices: noticeUnfetched(resolutions, session),
  };
  printResult(io, flags, { command, ok: exitCode === 0, exitCode, ...document }, () =>
    changes.map((change) => `${describeChange(change)}\n`).join(""),
  );
  for (const { ref } of resolutions.filter(({ status }) => status === "skipped")) {
    display.notice(`skipped ${ref}, which is optional`);
  }
  if (!isWhole) display.notice(`${file.path} and ${lockPath} stay as they were`);
  else
    for (const line of [...outcome.told, ...(changed ? [verdict(lock, lockPath, dryRun)] : [])]) display.notice(line);
  if (changed && !dryRun && outcome.next !== undefined) display.notice(outcome.next);
  failures.tell();
  return exitCode;
}

async function write(file: ConfigFile, lock: Lock | undefined, lockPath: string): Promise<void> {
  const before = await textAt(lockPath);
  await writeTogether([
    { path: file.path, before: file.before, after: file.text },
    ...(lock === undefined ? [] : [{ path: lockPath, before, after: formatLock(lock) }]),
  ]);
}

function verdict(lock: Lock | undefined, lockPath: string, dryRun: boolean): string {
  if (dryRun) return "nothing was written, as --dry-run asks";
  if (lock === undefined) return "there is no lock yet; `preload lock` writes one";
  const size = [...lock.models.values()].reduce((sum, manifest) => sum + sizeOf(manifest).bytes, 0);
  return `wrote ${lockPath}: ${count(lock.models.size, "model")}, ${bytes(size)}`;
}
