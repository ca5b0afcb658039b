import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolders } from "@preload/core";

// Bytes. A run with a dozen models is about two thousand.
const longest = 4_000_000;
// How many full files are kept beside the one that is written to.
const most = 2;

/**
 * Adds a line to a file that other processes add to as well, with one write, so that lines do not mix. Nothing is ever
 * rewritten: a file that is full gets a name of its own, and the oldest of those go.
 *
 *   runs.jsonl   runs.1763880000000-4711.jsonl   runs.1763790000000-42.jsonl
 *
 * A file that cannot be written is left alone: the line is not worth a run that fails.
 */
export function appendLine(path: string, line: string): void {
  try {
    const file = open(path);
    let isFull: boolean;
    try {
      writeSync(file, line);
      isFull = fstatSync(file).size > longest;
    } finally {
      closeSync(file);
    }
    if (isFull) rotate(path);
  } catch {
    return;
  }
}

// What stands in it is for its owner alone: it tells what somebody works with.
function open(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    makeFolders(dirname(path));
    return openSync(path, "a", 0o600);
  }
}

/** Two processes that do this at once make two files, and lose nothing: who still has the old one open writes into it. */
function rotate(path: string): void {
  renameSync(path, `${path.slice(0, -".jsonl".length)}.${Date.now()}-${process.pid}.jsonl`);
  for (const old of fullFiles(path).slice(0, -most)) rmSync(old, { force: true });
}

/** The files that are full, the oldest first. */
export function fullFiles(path: string): string[] {
  const folder = dirname(path);
  return readdirSync(folder)
    .filter((name) => /^runs\.\d+-\d+\.jsonl$/.test(name))
    .sort((one, other) => timeIn(one) - timeIn(other))
    .map((name) => join(folder, name));
}

function timeIn(name: string): number {
  return Number(/\d+/.exec(name)?.[0]);
}
