import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing } from "./errors.ts";
import { makeFolders } from "./make-folders.ts";
import { isObject, whatIsWrong } from "./manifest-form.ts";
import { namesIn } from "./maybe-there.ts";
import { lifeOf, thisProcess } from "./owner.ts";
import { untilPruned } from "./pruning.ts";
import type { Manifest } from "./types.ts";

/**
 * What was ever put somewhere, so that it can be told from what others keep in the same directories:
 *
 *   <state>/placed/<manifest and directory>.<process>.json
 *
 * A note is written before the first byte, by the process that is about to write, and stays when it is done:
 * whatever is left of an install that was killed is known by it. As long as the process lives, its models are in use.
 */
export interface Placed {
  readonly dir: string;
  readonly manifest: Manifest;
  /** The process that put it there is still at work, or may be. */
  readonly isInProgress: boolean;
  /** When it was last put there. Milliseconds since 1970. */
  readonly at: number;
}

/** Notes that a manifest is about to be put into a directory, and lets a removal that is under way end first. */
export async function notePlacing(
  stateDir: string | undefined,
  dir: string,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (stateDir === undefined) return;
  const folder = join(stateDir, "placed");
  const key = keyOf(dir, manifest);
  const path = join(folder, `${key}.${thisProcess()}.json`);
  try {
    makeFolders(folder);
    writeFileSync(`${path}.tmp`, JSON.stringify({ dir, manifest }));
    renameSync(`${path}.tmp`, path);
    for (const note of notesIn(folder)) {
      if (note.key === key && lifeOf(note.owner) === "dead") rmSync(join(folder, note.name), { force: true });
    }
  } catch {
    return; // A state directory that is closed to us: then nobody can prune by it either.
  }
  // In this order: of an install and a removal that begin together, at least one sees the other.
  await untilPruned(stateDir, signal);
}

/** Everything that was ever put somewhere and not removed since, each once. Notes that cannot be read are passed over. */
export function allPlaced(stateDir: string): Placed[] {
  const folder = join(stateDir, "placed");
  const found = new Map<string, Placed>();
  for (const { name, key, owner } of notesIn(folder)) {
    const note = read(join(folder, name));
    if (!note) continue;
    const other = found.get(key);
    const isInProgress = isAtWork(owner, note.at) || (other?.isInProgress ?? false);
    found.set(key, { ...note, isInProgress, at: Math.max(note.at, other?.at ?? 0) });
  }
  return [...found.values()];
}

/** For a manifest of which nothing is left. */
export function forgetPlaced(stateDir: string, { dir, manifest }: Pick<Placed, "dir" | "manifest">): void {
  const folder = join(stateDir, "placed");
  const key = keyOf(dir, manifest);
  for (const note of notesIn(folder)) if (note.key === key) rmSync(join(folder, note.name), { force: true });
}

const day = 24 * 60 * 60 * 1000;

/** A process that cannot be looked at, in a container or before the last boot, is believed to be at work for a day. */
export function isAtWork(owner: string, since: number): boolean {
  const life = lifeOf(owner);
  return life === "alive" || (life === "elsewhere" && Date.now() - since < day);
}

function keyOf(dir: string, { ref, revision, entries }: Manifest): string {
  return createHash("sha256")
    .update(JSON.stringify([dir, ref, revision, entries]))
    .digest("hex")
    .slice(0, 32);
}

interface Note {
  readonly name: string;
  readonly key: string;
  readonly owner: string;
}

function notesIn(folder: string): Note[] {
  return namesIn(folder).flatMap((name) => {
    const [, key, owner] = /^([0-9a-f]{32})\.([^.]+)\.json$/.exec(name) ?? [];
    return key && owner ? [{ name, key, owner }] : [];
  });
}

function read(path: string): Pick<Placed, "dir" | "manifest" | "at"> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isObject(value) || typeof value.dir !== "string" || whatIsWrong(value.manifest) !== undefined)
      return undefined;
    return { dir: value.dir, manifest: value.manifest as Manifest, at: statSync(path).mtimeMs };
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
