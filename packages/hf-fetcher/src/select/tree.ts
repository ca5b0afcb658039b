import { PreloadError } from "@preload/core";
import type { RepoFile } from "../snapshot.ts";

/** The files of a repository, to choose from. */
export interface Tree {
  /** For messages. */
  readonly ref: string;
  readonly files: readonly RepoFile[];
  readonly paths: readonly string[];
  has(path: string): boolean;
}

export function treeOf(ref: string, files: readonly RepoFile[]): Tree {
  const paths = files.map(({ path }) => path);
  const known = new Set(paths);
  return { ref, files, paths, has: (path) => known.has(path) };
}

/** The texts of small files that decide, by path. */
export type Contents = ReadonlyMap<string, string>;

/** What a JSON file says; nothing when it is not among the contents, or not JSON to us: Python's may hold `NaN`. */
export function jsonIn(contents: Contents, path: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(contents.get(path) ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The folder of a path with a slash at its end, or nothing for the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

export function noMatch(tree: Tree, message: string, hint?: string): PreloadError {
  return new PreloadError("NO_MATCH", `${tree.ref}: ${message}`, hint === undefined ? {} : { hint });
}

/** Some names, and how many more there are. */
export function some(names: readonly string[], most = 8): string {
  const rest = names.length - most;
  return names.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
