import { posix } from "node:path";
import type { ArchiveEntry, ArchiveMember, FileEntry, Manifest } from "@preload/core";
import { folderBelowRoot } from "../fetchers.ts";

/** Something a model puts below a cache root: where, and what it has to be. */
export type Leaf =
  | { readonly type: "file"; readonly path: string; readonly content: Content }
  | { readonly type: "link"; readonly path: string; readonly target: string }
  | { readonly type: "text"; readonly path: string; readonly text: string };

/** Bytes that are known by their digest: a file of the manifest, or what an archive of it was unpacked to. */
export interface Content extends Pick<FileEntry | ArchiveMember, "size" | "digest"> {
  /** Relative to the directory of the model's client. */
  readonly path: string;
  /** Set for a file that is fetched as it is. */
  readonly url?: string;
}

/** Where the leaves of a model lie below a cache root, sorted: what is pointed at need not come first, nothing reads it yet. */
export function leavesOf(manifest: Manifest): Leaf[] {
  const root = rootOf(manifest);
  const placed = (path: string) => `${root}/${path}`;
  const leaves = manifest.entries.flatMap((entry): Leaf[] => {
    switch (entry.type) {
      case "file": {
        const { path, size, digest, url } = entry;
        return [{ type: "file", path: placed(path), content: { path, size, digest, url } }];
      }
      case "link":
        return [{ type: "link", path: placed(entry.path), target: entry.target }];
      case "text":
        return [{ type: "text", path: placed(entry.path), text: entry.text }];
      case "archive":
        return entry.members.map((member) => {
          const content = memberContent(entry, member);
          return { type: "file", path: placed(content.path), content };
        });
      case "absent":
        return [];
    }
  });
  return leaves.sort(byPath);
}

/** The folder of a model's client below a cache root. */
export function rootOf({ ref }: Pick<Manifest, "ref">): string {
  return folderBelowRoot(ref.slice(0, ref.indexOf(":")));
}

/** Where a member of an archive lies once it is unpacked. */
export function memberContent(entry: Pick<ArchiveEntry, "path">, { path, size, digest }: ArchiveMember): Content {
  return { path: posix.join(entry.path, path), size, digest };
}

/** What a leaf says, apart from its place: two models may share a place only if both say the same. */
export function saysOf(leaf: Leaf): string {
  switch (leaf.type) {
    case "file":
      return `${leaf.content.digest} of ${leaf.content.size} bytes`;
    case "link":
      return `a link to ${leaf.target}`;
    case "text":
      return JSON.stringify(leaf.text);
  }
}

/** The folders above a path, the outermost first. */
export function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}

export function byRef(one: { readonly ref: string }, other: { readonly ref: string }): number {
  return one.ref < other.ref ? -1 : one.ref > other.ref ? 1 : 0;
}
