import type { Digest } from "@preload/core";

/** One file of a repository at one commit. */
export interface RepoFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: Digest;
}

/** A repository at one commit, as the Hub describes it. */
export interface Snapshot {
  readonly commit: string;
  readonly license?: string;
  readonly gated?: "auto" | "manual";
  readonly files: readonly RepoFile[];
}
