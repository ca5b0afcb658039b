import { createHash } from "node:crypto";
import type { HubFile } from "./file.ts";
import type { HubCommit } from "./repo.ts";

export interface TreeOptions {
  /** A folder; "" is the root. */
  path: string;
  recursive: boolean;
  expand: boolean;
}

/** The entries under a folder as the tree API lists them, or undefined if there is no such folder. */
export function treeOf(commit: HubCommit, options: TreeOptions): object[] | undefined {
  const { path, recursive, expand } = options;
  const prefix = path === "" ? "" : `${path.replace(/\/$/, "")}/`;
  const files = [...commit.files.values()].filter((file) => file.path.startsWith(prefix));
  if (files.length === 0 && prefix !== "") return undefined;

  const isDirect = (name: string) => !name.slice(prefix.length).includes("/");
  const folders = foldersOf(files).filter((name) => name.startsWith(prefix) && name.length > prefix.length);
  return [
    ...folders.filter((name) => recursive || isDirect(name)).map(folderEntry),
    ...files.filter((file) => recursive || isDirect(file.path)).map(fileEntry),
  ].map((entry) => (expand ? { ...entry, ...expanded(commit) } : entry));
}

/** The entries for these paths; those that are not there are left out, as the Hub does. */
export function pathsInfo(commit: HubCommit, paths: readonly string[], expand: boolean): object[] {
  const folders = new Set(foldersOf([...commit.files.values()]));
  return paths.flatMap((path) => {
    const file = commit.files.get(path);
    const entry = file ? fileEntry(file) : folders.has(path) ? folderEntry(path) : undefined;
    return entry ? [expand ? { ...entry, ...expanded(commit) } : entry] : [];
  });
}

function foldersOf(files: readonly HubFile[]): string[] {
  const folders = files.flatMap(({ path }) => {
    const parts = path.split("/");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(folders)];
}

function folderEntry(path: string): object {
  return { type: "directory", oid: createHash("sha1").update(path).digest("hex"), size: 0, path };
}

function fileEntry({ path, size, oid, lfs }: HubFile): object {
  return { type: "file", oid, size, ...(lfs && { lfs }), path };
}

function expanded(commit: HubCommit): object {
  return {
    lastCommit: { id: commit.sha, title: "Add files", date: commit.date },
    securityFileStatus: { status: "safe" },
  };
}
