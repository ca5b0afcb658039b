import { type AbsentEntry, type Entry, type FileEntry, hexOf, type LinkEntry, type TextEntry } from "@preload/core";
import { publicHub } from "./endpoints.ts";
import { isCommit, type Repo, repoFolderName, repoPath } from "./repo.ts";
import type { RepoFile } from "./snapshot.ts";

export interface Laid {
  readonly repo: Repo;
  readonly commit: string;
  /** Those that are wanted. */
  readonly files: readonly RepoFile[];
  /** Files a client may ask for and the repository lacks. */
  readonly lacking: readonly string[];
  /** Names under which the application asks for the commit, beside the revision itself. */
  readonly alias: readonly string[];
}

/**
 * How the Hugging Face cache keeps a repository:
 *
 *   models--facebook--bart-base/
 *     blobs/<etag>                         the bytes; the etag is the sha256, or git's id for small files
 *     snapshots/<commit>/config.json  ->   ../../blobs/<etag>
 *     .no_exist/<commit>/<path>            empty: the repository has no such file, do not ask
 *     refs/main                            a commit, without a newline
 *
 * Refs come last: a reader who finds one finds what it leads to.
 */
export function layout(laid: Laid): Entry[] {
  return [...blobs(laid), ...pointers(laid), ...markers(laid), noMarkers(laid), ...refs(laid)];
}

/** The folder an application loads from. */
export function snapshotFolder({ repo, commit }: Pick<Laid, "repo" | "commit">): string {
  return `${repoFolderName(repo)}/snapshots/${commit}`;
}

/** The public address of a file: the same for everybody, whatever mirror serves it. */
export function fileUrl(repo: Repo, commit: string, path: string): string {
  return `${publicHub}/${repoPath(repo)}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

// Files with the same content share one.
function blobs({ repo, commit, files }: Laid): FileEntry[] {
  const byPath = new Map<string, FileEntry>();
  for (const { path: name, size, digest } of files) {
    const path = blobPath(repo, { digest });
    if (!byPath.has(path)) byPath.set(path, { type: "file", path, url: fileUrl(repo, commit, name), size, digest });
  }
  return [...byPath.values()];
}

/** Where the bytes are kept, relative to the cache. */
export function blobPath(repo: Repo, { digest }: Pick<RepoFile, "digest">): string {
  return `${repoFolderName(repo)}/blobs/${hexOf(digest)}`;
}

function pointers({ repo, commit, files }: Laid): LinkEntry[] {
  return files.map(({ path, digest }) => ({
    type: "link",
    path: `${snapshotFolder({ repo, commit })}/${path}`,
    target: `${"../".repeat(path.split("/").length + 1)}blobs/${hexOf(digest)}`,
  }));
}

function markers({ repo, commit, lacking }: Laid): TextEntry[] {
  return lacking.map((path) => ({
    type: "text",
    path: `${repoFolderName(repo)}/.no_exist/${commit}/${path}`,
    text: "",
  }));
}

// A marker wins over the file: one left by an earlier mistake would hide it.
function noMarkers({ repo, commit, files }: Laid): AbsentEntry {
  return { type: "absent", path: `${repoFolderName(repo)}/.no_exist/${commit}`, names: files.map(({ path }) => path) };
}

function refs({ repo, commit, alias }: Laid): TextEntry[] {
  const asked = isCommit(repo.revision) ? [] : [repo.revision];
  const names = [...new Set([...asked, ...alias])];
  // `hf cache prune` deletes a commit that no ref names. Nobody asks for this one, so nobody can mistake it.
  const kept = names.length > 0 ? names : [`preload-${commit.slice(0, 12)}`];
  return kept.map((name) => ({ type: "text", path: `${repoFolderName(repo)}/refs/${name}`, text: commit }));
}
