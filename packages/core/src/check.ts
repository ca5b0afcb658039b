import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkedManifest } from "./checked-manifest.ts";
import { digestFile } from "./digest-file.ts";
import { diskError } from "./disk-error.ts";
import { codeOf, isMissing, PreloadError } from "./errors.ts";
import { linksByTarget } from "./links-by-target.ts";
import { placeOf, targetOf } from "./paths.ts";
import { rivalsOf } from "./rivals.ts";
import { openStamps, type Stamps } from "./stamps.ts";
import type { AbsentEntry, ArchiveEntry, Digest, Entry, FileEntry, LinkEntry, Manifest, TextEntry } from "./types.ts";

export type ProblemReason =
  /** Nothing is there. */
  | "missing"
  /** Shorter than promised, as an interrupted download leaves it. */
  | "truncated"
  /** Other bytes than promised. */
  | "corrupt"
  /** A link that leads nowhere. */
  | "dangling"
  /** The file is there, the link to it is not, or leads elsewhere. */
  | "wrong-link"
  /** A ref or marker with another content. */
  | "wrong-text"
  /** Something that makes the client overlook or mistake the model. */
  | "in-the-way"
  /** A folder where a file should be, or the reverse. */
  | "wrong-kind";

export interface Problem {
  readonly reason: ProblemReason;
  /** Relative to the directory. */
  readonly path: string;
  /** The entry that is not as promised. */
  readonly entry: Entry;
  readonly expected?: string;
  readonly received?: string;
}

export interface CheckOptions {
  readonly dir: string;
  /** Quick trusts a file that still looks as it did when it was last read; deep reads every byte. @default "quick" */
  readonly depth?: "quick" | "deep";
  /** Where is remembered which files were read. Without it, every file is read. */
  readonly stateDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes are read, which only happens to files not yet proven. */
  readonly onRead?: (path: string, bytes: number) => void;
}

/**
 * Compares a directory with a manifest, without the network. Changes nothing. An empty list means: as promised.
 *
 * @throws PreloadError `NOT_WRITABLE` when it may not be looked at, `BAD_ANSWER` for a manifest that leaves the directory
 */
export async function check(manifest: Manifest, options: CheckOptions): Promise<Problem[]> {
  return checkWith(openStamps(options.stateDir, options.dir, manifest), checkedManifest(manifest), options);
}

/** The same, sharing what was read with the steps before and after it. */
export async function checkWith(stamps: Stamps, manifest: Manifest, options: CheckOptions): Promise<Problem[]> {
  const inspection: Inspection = { ...options, stamps, manifest, linked: linksByTarget(manifest), blobs: new Map() };
  const problems: Problem[] = [];
  if (options.depth === "deep") problems.push(...(await sideBySide(manifest.entries, inspection)));
  else for (const entry of manifest.entries) problems.push(...(await problemsOf(entry, inspection)));
  stamps.save();
  return problems;
}

const readers = 4;

/** Several files at once, since every byte is read; the problems in the order of the entries all the same. */
async function sideBySide(entries: readonly Entry[], inspection: Inspection): Promise<Problem[]> {
  const found: Problem[][] = entries.map(() => []);
  let next = 0;
  const readOn = async () => {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index];
      if (entry) found[index] = await problemsOf(entry, inspection);
    }
  };
  await Promise.all(Array.from({ length: readers }, readOn));
  return found.flat();
}

interface Inspection extends CheckOptions {
  readonly stamps: Stamps;
  readonly manifest: Manifest;
  /** The links to each file, by the file's path. */
  readonly linked: ReadonlyMap<string, readonly LinkEntry[]>;
  /** What was found of each file that links lead to. */
  readonly blobs: Map<string, Problem | undefined>;
}

async function problemsOf(entry: Entry, inspection: Inspection): Promise<Problem[]> {
  switch (entry.type) {
    case "file":
      return fileProblems(entry, inspection);
    case "link":
      return []; // Looked at together with the file it leads to.
    case "text":
      return textProblems(entry, inspection);
    case "archive":
      return archiveProblems(entry, inspection);
    case "absent":
      return absentProblems(entry, inspection);
  }
}

/**
 * A file with links is as promised if every link gives its bytes, by way of the file or as a regular file of its own:
 * that is how a cache looks without symbolic links, or after a copy that followed them.
 */
async function fileProblems(entry: FileEntry, inspection: Inspection): Promise<Problem[]> {
  const links = inspection.linked.get(entry.path) ?? [];
  const blob = await contentProblem(entry, entry.path, entry, inspection);
  if (links.length === 0) return blob ? [blob] : [];
  const found = await Promise.all(links.map((link) => linkProblem(link, entry, blob, inspection)));
  const problems = found.filter((problem) => problem !== undefined);
  if (blob && problems.length === 0 && blob.reason !== "missing") return [blob];
  return problems;
}

async function linkProblem(
  link: LinkEntry,
  file: FileEntry,
  blob: Problem | undefined,
  inspection: Inspection,
): Promise<Problem | undefined> {
  const path = placeOf(inspection.dir, link.path);
  const stats = lstat(path);
  if (!stats)
    return blob ? { ...blob, path: link.path, entry: file } : { reason: "missing", path: link.path, entry: link };
  if (!stats.isSymbolicLink()) return contentProblem(file, link.path, blob ? file : link, inspection);
  if (!leadsTo(path, link, inspection.dir)) {
    return { reason: "wrong-link", path: link.path, entry: link, expected: link.target, received: readlinkSync(path) };
  }
  if (!blob) return undefined;
  return blob.reason === "missing"
    ? { reason: "dangling", path: link.path, entry: file, expected: link.target }
    : { ...blob, path: link.path };
}

/** By its text, or by where it ends up: an absolute link to the same file is as good. */
function leadsTo(path: string, link: LinkEntry, dir: string): boolean {
  if (readlinkSync(path).replaceAll("\\", "/") === link.target) return true;
  try {
    return realpathSync(path) === realpathSync(join(dir, targetOf(link.path, link.target)));
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "ELOOP") return false;
    throw error;
  }
}

type Content = { readonly size: number; readonly digest: Digest };

/** Follows links: newer Hub clients keep a blob elsewhere and link to it. */
async function contentProblem(
  content: Content,
  path: string,
  entry: Entry,
  inspection: Inspection,
): Promise<Problem | undefined> {
  const full = placeOf(inspection.dir, path);
  const stats = stat(full);
  inspection.stamps.see(path, stats);
  if (!stats) return { reason: "missing", path, entry };
  if (!stats.isFile()) return { reason: "wrong-kind", path, entry, expected: "a file", received: "a folder" };
  if (stats.size !== content.size) {
    const sizes = { expected: `${content.size} bytes`, received: `${stats.size} bytes` };
    return { reason: stats.size < content.size ? "truncated" : "corrupt", path, entry, ...sizes };
  }
  if (inspection.depth !== "deep" && inspection.stamps.isProven(path, stats)) return undefined;
  const { signal } = inspection;
  const onRead = (bytes: number) => inspection.onRead?.(path, bytes);
  const received = await reading(full, () => digestFile(full, content, { signal, onRead }));
  // Another process may have moved it on between the two looks.
  if (received === undefined) return { reason: "missing", path, entry };
  if (received !== content.digest) return { reason: "corrupt", path, entry, expected: content.digest, received };
  inspection.stamps.prove(path, stats);
  return undefined;
}

async function textProblems(entry: TextEntry, inspection: Inspection): Promise<Problem[]> {
  const path = placeOf(inspection.dir, entry.path);
  const stats = stat(path);
  if (!stats) return [{ reason: "missing", path: entry.path, entry }];
  if (!stats.isFile())
    return [{ reason: "wrong-kind", path: entry.path, entry, expected: "a file", received: "a folder" }];
  const received = stats.size > 1024 * 1024 ? "" : await reading(path, () => readFile(path, "utf8"));
  if (received === entry.text) return [];
  if (received === undefined) return [{ reason: "missing", path: entry.path, entry }];
  return [{ reason: "wrong-text", path: entry.path, entry, expected: shown(entry.text), received: shown(received) }];
}

function shown(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 80 ? `${line.slice(0, 77)}…"` : line;
}

async function archiveProblems(entry: ArchiveEntry, inspection: Inspection): Promise<Problem[]> {
  const found: Problem[] = [];
  for (const member of entry.members) {
    const path = entry.path ? `${entry.path}/${member.path}` : member.path;
    const problem = await contentProblem(member, path, entry, inspection);
    if (problem) found.push(problem);
  }
  return found;
}

function absentProblems(entry: AbsentEntry, inspection: Inspection): Problem[] {
  return rivalsOf(entry, inspection.manifest, inspection.dir).map((path) => ({ reason: "in-the-way", path, entry }));
}

function stat(path: string): Stats | undefined {
  return look(() => statSync(path, { throwIfNoEntry: false }), path);
}

function lstat(path: string): Stats | undefined {
  return look(() => lstatSync(path, { throwIfNoEntry: false }), path);
}

/** Nothing there is an answer; not being allowed to look is a fault, never "missing". */
function look(read: () => Stats | undefined, path: string): Stats | undefined {
  try {
    return read();
  } catch (error) {
    if (isMissing(error) || codeOf(error) === "ELOOP") return undefined;
    throw asForbidden(error, path);
  }
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asForbidden(error, path);
  }
}

function asForbidden(error: unknown, path: string): unknown {
  if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") return diskError(error, path);
  return new PreloadError("NOT_WRITABLE", `${path} cannot be looked at (${codeOf(error)})`, {
    hint: `Check the owner and the mode of ${dirname(path)}.`,
  });
}
