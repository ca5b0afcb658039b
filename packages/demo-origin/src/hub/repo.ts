import { createHash } from "node:crypto";
import type { Body } from "@preload/core/testing";
import { type HubFile, hubFile, type IsLfs, isLfs } from "./file.ts";

export type Kind = "models" | "datasets" | "spaces";
export type Gate = false | "auto" | "manual";
export type Files = Record<string, Body | Uint8Array | string>;

export interface HubCommit {
  sha: string;
  /** When it was made. */
  date: string;
  /** By path, sorted. */
  files: ReadonlyMap<string, HubFile>;
}

/** A repository of the Hub with all commits that can be asked for. */
export interface HubRepo {
  id: string;
  kind: Kind;
  /** What branches, tags and `refs/pr/1` stand for. */
  revisions: ReadonlyMap<string, HubCommit>;
  commits: ReadonlyMap<string, HubCommit>;
  gated: Gate;
  private: boolean;
  disabled: boolean;
  cardData: Record<string, unknown>;
  renamedFrom: readonly string[];
}

export interface HubRepoOptions {
  id: string;
  /** What `main` holds. */
  files: Files;
  /** @default "models" */
  kind?: Kind;
  /** What other branches, tags and refs such as `refs/pr/1` hold. */
  revisions?: Record<string, Files>;
  /** @default false */
  gated?: Gate;
  /** @default false */
  private?: boolean;
  /** @default false */
  disabled?: boolean;
  license?: string;
  cardData?: Record<string, unknown>;
  /** Ids that lead here by redirect. */
  renamedFrom?: readonly string[];
  /** When its commits were made. @default 2024-01-01 */
  date?: string;
  /** @default weights by extension, and everything above 1 MiB */
  lfs?: IsLfs;
}

/** A repository made of values; the same values make the same commits. */
export function hubRepo(options: HubRepoOptions): HubRepo {
  const { id, kind = "models", gated = false, private: hidden = false, disabled = false, renamedFrom = [] } = options;
  const contents = Object.entries({ ...options.revisions, main: options.files });
  // One date for everything: a clock would make two runs differ.
  const { date = "2024-01-01T00:00:00.000Z" } = options;
  const revisions = new Map(contents.map(([name, files]) => [name, commitOf(id, files, date, options.lfs)]));
  const commits = new Map([...revisions.values()].map((commit) => [commit.sha, commit]));
  const cardData = { ...(options.license && { license: options.license }), ...options.cardData };
  return { id, kind, revisions, commits, gated, private: hidden, disabled, cardData, renamedFrom };
}

/** The repository after a push: new revisions, and the old commits can still be asked for. */
export function pushed(before: HubRepo | undefined, after: HubRepo): HubRepo {
  return { ...after, commits: new Map([...(before?.commits ?? []), ...after.commits]) };
}

export function commitAt(repo: HubRepo, revision: string): HubCommit | undefined {
  return repo.revisions.get(revision === "HEAD" ? "main" : revision) ?? repo.commits.get(revision);
}

function commitOf(id: string, contents: Files, date: string, lfs: IsLfs = isLfs): HubCommit {
  const files = Object.entries(contents)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, content]) => hubFile(path, content, lfs));
  const listing = files.map(({ path, oid }) => `${oid} ${path}\n`).join("");
  const sha = createHash("sha1").update(`${id}\n${listing}`).digest("hex");
  return { sha, date, files: new Map(files.map((file) => [file.path, file])) };
}
