import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { isMissing, type Lock, namesIn, type Resolution, untilPruned, writeNote } from "@preload/core";
import { keyOf } from "../known-models.ts";
import type { Session } from "../session.ts";

/**
 * A project that has installed its lock here, and where to:
 *
 *   <state>/projects/<lock and directories>-<what the lock names>.json
 *
 * The file's time is when the project was last used, to the day. What the lock names is read from the lock itself,
 * when somebody wants to know; its digest is in the name, so that a look whether the file is there tells a warm run
 * that nothing has changed.
 */
export interface Project {
  /** Absolute. */
  readonly lock: string;
  /** The fetchers' directories then, by scheme. */
  readonly dirs: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
}

const day = 24 * 60 * 60 * 1000;

/**
 * Notes that the session's project uses its lock. If that is news, a removal that is under way ends first.
 * A state directory that cannot be written is no error: then nobody prunes by it.
 */
export async function noteProject(session: Session, lock: Lock | undefined): Promise<void> {
  const { config, stateDir, signal } = session;
  if (config.path === undefined || lock === undefined) return;
  const { folder, key, path } = pathsOf(session, lock);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs < day) return;
    if (stats) return utimesSync(path, new Date(), new Date());
    write(path, { lock: session.lockPath, dirs: dirsOf(session) });
    for (const name of notesIn(folder)) {
      const other = join(folder, name);
      if (name.startsWith(key) && other !== path) rmSync(other, { force: true });
    }
  } catch {
    return;
  }
  await untilPruned(stateDir, signal);
}

/** Whether the lock says what this model is: then whoever fetches it notes the project, or nobody knows whose it is. */
export function isLocked(resolution: Resolution): boolean {
  return resolution.status === "resolved" && resolution.from === "lock";
}

/** Where `noteProject` notes the session's project, whether it did or not. */
export function noteOf(session: Session): string | undefined {
  const { config, lock } = session;
  return config.path === undefined || lock === undefined ? undefined : pathsOf(session, lock).path;
}

/** The projects that were noted and whose lock is still there. What cannot be read is none. */
export function projects(stateDir: string): Project[] {
  return allNoted(stateDir).filter(({ lock }) => isThere(lock));
}

/** Forgets the projects whose lock is gone. */
export function forgetVanished(stateDir: string): void {
  for (const { lock, path } of allNoted(stateDir)) if (!isThere(lock)) rmSync(path, { force: true });
}

function allNoted(stateDir: string): (Project & { readonly path: string })[] {
  const folder = join(stateDir, "projects");
  return notesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const note = read(path);
    const stats = statSync(path, { throwIfNoEntry: false });
    return note && stats ? [{ ...note, lastUsed: stats.mtimeMs, path }] : [];
  });
}

function notesIn(folder: string): string[] {
  return namesIn(folder).filter((name) => name.endsWith(".json"));
}

function pathsOf(session: Session, lock: Lock): { folder: string; key: string; path: string } {
  const folder = join(session.stateDir, "projects");
  const key = digest([session.lockPath, dirsOf(session)], 20);
  const named = [...lock.models.values()].map((manifest) => keyOf("", manifest)).sort();
  return { folder, key, path: join(folder, `${key}-${digest(named, 12)}.json`) };
}

function dirsOf({ fetchers }: Session): Record<string, string> {
  return Object.fromEntries(Object.values(fetchers).map(({ name, dir }) => [name, dir]));
}

function digest(value: unknown, length: number): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, length);
}

function write(path: string, project: Omit<Project, "lastUsed">): void {
  writeNote(path, JSON.stringify({ version: 1, ...project }));
}

function read(path: string): Omit<Project, "lastUsed"> | undefined {
  try {
    const { lock, dirs } = (JSON.parse(readFileSync(path, "utf8")) ?? {}) as { lock?: unknown; dirs?: unknown };
    if (typeof lock !== "string" || typeof dirs !== "object" || dirs === null) return undefined;
    const named = Object.entries(dirs).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return { lock, dirs: Object.fromEntries(named) };
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// A lock that is there and closed to us is there: what it names stays.
function isThere(lock: string): boolean {
  try {
    return statSync(lock, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return !isMissing(error);
  }
}
