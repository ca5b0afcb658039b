import { join } from "node:path";
import { sha256 } from "@preload/core/testing";
import { commitAt, type DemoOrigin } from "@preload/demo-origin";
import { expect } from "vitest";
import { askPython } from "../ask-client.ts";
import type { EnvironmentName } from "../environments.ts";
import type { World } from "../world.ts";

/** What a client has to find of one repository. */
export interface Expected {
  readonly id: string;
  /** What the application asks for. @default nothing, which means main */
  readonly revision?: string;
  readonly commit: string;
  /** By path. */
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly size: number }>>;
  /** Known to be absent. */
  readonly absent: readonly string[];
  readonly refs: readonly string[];
  /** Whether `snapshot_download` has to be told to stay offline, beside the environment. @default false */
  readonly localFilesOnly?: boolean;
}

export interface ExpectOptions {
  readonly revision?: string;
  /** The revision of the origin that it is. @default "main" */
  readonly at?: string;
  /** @default all of the repository */
  readonly paths?: (path: string) => boolean;
  /** @default [] */
  readonly absent?: readonly string[];
  /** @default ["main"] */
  readonly refs?: readonly string[];
}

/** What the origin has, as a client should find it. */
export function expected({ catalog }: DemoOrigin, id: string, options: ExpectOptions = {}): Expected {
  const { at = "main", paths = () => true, absent = [], refs = ["main"], revision } = options;
  const repo = catalog.repos.find((candidate) => candidate.id === id);
  const commit = repo && commitAt(repo, at);
  if (!commit) throw new Error(`the origin has no ${id} at ${at}`);
  const files = [...commit.files.values()].filter(({ path }) => paths(path));
  return {
    id,
    ...(revision === undefined ? {} : { revision }),
    commit: commit.sha,
    files: Object.fromEntries(files.map(({ path, size, body }) => [path, { sha256: sha256(body), size }])),
    absent,
    refs,
  };
}

interface Answer {
  readonly repos: readonly {
    readonly folder: unknown;
    readonly snapshot: Record<string, string>;
    readonly downloads: Record<string, unknown>;
    readonly cached: Record<string, string>;
  }[];
  readonly scan: { readonly warnings: readonly string[]; readonly repos: readonly object[] };
}

/** huggingface_hub finds exactly this in its cache, offline, by every function it has for it. */
export async function hubReads(world: World, place: EnvironmentName, all: readonly Expected[]): Promise<void> {
  const repos = all.map(({ id, revision = null, files, absent, localFilesOnly = false }) => ({
    id,
    revision,
    files: Object.keys(files),
    absent,
    local_files_only: localFilesOnly,
  }));
  const answer = await askPython<Answer>(world, place, "hub_reads.py", { repos }, { network: "none" });

  all.forEach((one, index) => {
    const digests = mapped(one.files, ({ sha256 }) => sha256);
    expect(answer.repos[index]).toEqual({
      folder: join(world.hub, folderName(one.id), "snapshots", one.commit),
      snapshot: digests,
      downloads: digests,
      cached: { ...mapped(one.files, () => "file"), ...Object.fromEntries(one.absent.map((path) => [path, "absent"])) },
    });
  });
  expect(answer.scan.warnings).toEqual([]);
  expect(answer.scan.repos).toEqual([...all].sort((a, b) => (a.id < b.id ? -1 : 1)).map(scanned));
}

export function folderName(id: string): string {
  return `models--${id.replaceAll("/", "--")}`;
}

function scanned({ id, commit, files, refs }: Expected): object {
  const blobs = new Map(Object.values(files).map(({ sha256, size }) => [sha256, size]));
  const size = [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
  const names = Object.keys(files)
    .map((path) => path.split("/").at(-1))
    .sort();
  // Of files with the same content, one lies on the disk.
  const revision = { commit, refs: [...refs].sort(), size, files: names };
  return { id, type: "model", size, files: expect.any(Number), revisions: [revision] };
}

function mapped<Value, Result>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
