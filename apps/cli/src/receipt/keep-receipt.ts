import { readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOf, consultedPaths, type Resolution, writeNote } from "@preload/core";
import { noteOf } from "../projects/registry.ts";
import type { RunRecord } from "../runs/record.ts";
import { isRunLogOn, replayedLine, runLogPath } from "../runs/run-log.ts";
import type { Session } from "../session.ts";
import { type Receipt, receiptPath, type Sight, sightOf } from "./receipt.ts";
import { sightsOfModel } from "./sights-of-model.ts";

type Resolved = Extract<Resolution, { status: "resolved" }>;

// Twelve hours, in milliseconds.
const lifetime = 12 * 60 * 60 * 1000;

/**
 * Notes what a run that had nothing to do depended on, so that the next one need not work it out. Keeps nothing when
 * not all of that is certain. A failure is ignored: the next run finds out everything by itself.
 */
export function keepReceipt(session: Session, models: readonly Resolved[], record: RunRecord): void {
  const { io, stateDir } = session;
  const env = io.trace?.env();
  const printed = io.trace?.printed();
  const sights = sightsOrNone(session, models);
  if (io.trace === undefined || env === undefined || printed === undefined || sights === undefined) return;
  const { argv } = io.trace;
  // Both are read by the system and not by us: where the home is, and what a path is relative to.
  const named = { ...env, HOME: io.env.HOME ?? null, USERPROFILE: io.env.USERPROFILE ?? null };
  const program = dirname(fileURLToPath(import.meta.url));
  const until = Date.now() + lifetime;
  const log = isRunLogOn(session) ? { path: runLogPath(stateDir), line: replayedLine(record) } : null;
  const receipt: Receipt = { program, argv, cwd: io.cwd, until, env: named, sights, printed, log };
  const text = JSON.stringify(receipt);
  if (!holdsPassword(text)) write(receiptPath(stateDir, argv, io.cwd), text);
}

/** The address of a mirror may: in a variable, or on the command line. */
function holdsPassword(text: string): boolean {
  return /\/\/[^/"\s]*@/.test(text);
}

/** What cannot be looked at, as in a state directory that is a file, cannot be compared later. */
function sightsOrNone(session: Session, models: readonly Resolved[]): Sight[] | undefined {
  try {
    return sightsOf(session, models);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

function sightsOf(session: Session, models: readonly Resolved[]) {
  const { config, flags, machine, lockPath, stateDir } = session;
  // A program may decide by anything, and an environment of Python's is looked at in more places than are listed here.
  if (config.path === undefined || /\.[cm]?[jt]s$/.test(config.path)) return undefined;
  if (flags.python !== undefined || config.sections.spacy?.python !== undefined) return undefined;
  const consulted = flags.config === undefined ? consultedPaths(machine.cwd, config.path) : [config.path];
  // Without its note a project counts as gone, and another one's `prune` takes its models.
  const note = noteOf(session);
  const own = [fileURLToPath(import.meta.url), lockPath, ...(note === undefined ? [] : [note])];
  const sights: Sight[] = [...own, ...consulted].map(sightOf);
  // Gone since they were read: what is no longer there has no time that would tell.
  if (sights.some(([path, itself]) => itself === "" && (path === lockPath || path === config.path))) return undefined;
  for (const model of models) {
    const found = sightsOfModel(model, stateDir);
    if (found === undefined) return undefined;
    sights.push(...found);
  }
  return sights.every(isOlderThanUs) ? sights : undefined;
}

// Milliseconds. File systems keep time in ticks of up to ten.
const tick = 20;

/** Not changed since we began, so what was read of it is what is there. */
function isOlderThanUs(sight: Sight): boolean {
  return sight.slice(1).every((looks) => looks === "" || Number(looks?.split(":")[2]) < performance.timeOrigin - tick);
}

// One for each command line and folder: more than these are of projects and jobs that are gone.
const most = 200;

function write(path: string, text: string): void {
  const folder = dirname(path);
  try {
    // What stood in variables until now is for this user alone.
    writeNote(path, text, { mode: 0o600 });
    const names = readdirSync(folder);
    if (names.length > most) for (const name of names) dropIfOld(join(folder, name));
  } catch {
    // A read-only or full state directory costs time on the next run, nothing else.
  }
}

function dropIfOld(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && Date.now() - stats.mtimeMs > lifetime) rmSync(path, { force: true });
}
