import { chmodSync, copyFileSync, lstatSync, readdirSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { check, codeOf, digestFile, draftOf, isMissing, makeFolders, materialize, openStamps } from "@preload/core";
import { linkOrCopy } from "./link-or-copy.ts";
import { nowhere } from "./nowhere.ts";
import { type Model, nameOf, type Piece, piecesOf } from "./pieces.ts";

/** What became of an entry that was unpacked. */
export interface Adopted {
  /** What was put in its place. In bytes. */
  readonly bytes: number;
  /** What the lock names and the entry does not hold as promised. */
  readonly bad: readonly { readonly name: string; readonly reason: "missing" | "other bytes" }[];
  /** Names that no lock of ours puts there. */
  readonly foreign: readonly string[];
}

interface AdoptOptions {
  readonly stateDir: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Takes what models lack out of an unpacked entry: each file is read and compared with the lock, and then renamed to where
 * the client looks. Nothing else of the entry gets there, and no file before its digest is right.
 */
export async function adopt(folder: string, models: readonly Model[], options: AdoptOptions): Promise<Adopted> {
  const wanted = new Map(models.flatMap(({ manifest }) => piecesOf(manifest)).map((piece) => [nameOf(piece), piece]));
  const names = namesIn(folder);
  const bad = new Map<string, "missing" | "other bytes">();
  for (const name of wanted.keys()) if (!names.has(name)) bad.set(name, "missing");

  const proven = new Map<string, Stats>();
  const seen = async (piece: Piece): Promise<Stats | undefined> => {
    const name = nameOf(piece);
    if (bad.has(name)) return undefined;
    const known = proven.get(name);
    if (known) return known;
    const stats = await asPromised(join(folder, name), piece, options.signal);
    if (stats) proven.set(name, stats);
    else bad.set(name, "other bytes");
    return stats;
  };

  let bytes = 0;
  for (const model of models) bytes += await adoptModel(folder, model, seen, options);
  const foreign = [...names].filter((name) => !wanted.has(name)).sort();
  return { bytes, bad: [...bad].map(([name, reason]) => ({ name, reason })), foreign };
}

async function adoptModel(
  folder: string,
  { manifest, dir }: Model,
  seen: (piece: Piece) => Promise<Stats | undefined>,
  { stateDir, signal }: AdoptOptions,
): Promise<number> {
  const problems = await check(manifest, { dir, stateDir, signal });
  const lacking = new Set(
    problems.flatMap(({ entry, path }) => [path, ...(entry.type === "file" ? [entry.path] : [])]),
  );
  const wanted = piecesOf(manifest).filter(({ path }) => lacking.has(path));
  const placed: { readonly path: string; readonly staged: Stats }[] = [];
  let bytes = 0;
  for (const piece of wanted) {
    const staged = await seen(piece);
    if (!staged) continue;
    place(join(folder, nameOf(piece)), join(dir, piece.path));
    placed.push({ path: piece.path, staged });
    bytes += piece.size;
  }
  if (placed.length === 0) return 0;
  // Younger than this, a file might be written once more and look as it did; then it would be read a second time.
  await pause(25);
  const stamps = openStamps(stateDir, dir, manifest);
  for (const { path, staged } of placed) {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    if (stats && isSame(stats, staged)) stamps.prove(path, stats);
  }
  stamps.save();
  // Links and refs come from the lock, and then the model is whole, as if it had always been here.
  if (placed.length === wanted.length) await materialize(manifest, { dir, stateDir, signal, http: nowhere });
  return bytes;
}

/** A regular file with the right bytes, or nothing: an entry may hold anything under any name. */
async function asPromised(path: string, piece: Piece, signal: AbortSignal): Promise<Stats | undefined> {
  try {
    const stats = lstatSync(path);
    if (!stats.isFile() || stats.size !== piece.size) return undefined;
    // Whoever saved it may have had other ideas about who reads it.
    chmodSync(path, 0o666 & ~process.umask());
    if ((await digestFile(path, piece, { signal })) !== piece.digest) return undefined;
    return lstatSync(path);
  } catch (error) {
    if (isMissing(error) || unreadable.has(codeOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** The file itself, as long as it is nowhere else: of two paths with the same bytes, each has a file of its own. */
function place(staged: string, final: string): void {
  makeFolders(dirname(final));
  const draft = draftOf(final);
  try {
    if (lstatSync(staged).nlink > 1) copyFileSync(staged, draft);
    else linkOrCopy(staged, draft);
    renameSync(draft, final);
  } finally {
    rmSync(draft, { force: true });
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeMs === other.mtimeMs;
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch (error) {
    // A file where the folder should be, or a folder that may not be entered, holds nothing of what is meant, either.
    if (isMissing(error) || unreadable.has(codeOf(error) ?? "")) return new Set();
    throw error;
  }
}

const unreadable = new Set(["EACCES", "EPERM", "ENOTDIR"]);
