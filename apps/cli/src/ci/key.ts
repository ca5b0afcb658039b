import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Entry, Manifest } from "@preload/core";

/** Raised when the same lock comes to mean other files on the disk: what was saved before is then not restored. */
export const layoutVersion = 1;

/**
 * The digest over what a model puts on the disk, and where that is, seen from the workspace. What only describes the
 * model (its license, the options it was asked for with, the addresses of its files) is not part of it: the same bytes in
 * the same place are one entry, whoever asked for them and in whatever words.
 */
export function contentDigest(manifest: Pick<Manifest, "revision" | "path" | "entries">, position: string): string {
  const { revision, path, entries } = manifest;
  const facts = [
    ["layout", layoutVersion],
    ["position", position],
    ["revision", revision],
    ["path", path],
  ];
  // Each line is JSON, so that no path can be taken for two.
  const lines = entries.flatMap(linesOf).map((line) => JSON.stringify(line));
  return sha256([...facts.map((fact) => JSON.stringify(fact)), ...lines.sort()]);
}

function linesOf(entry: Entry): (string | number)[][] {
  switch (entry.type) {
    case "file":
      return [["file", entry.path, entry.size, entry.digest]];
    case "link":
      return [["link", entry.path, entry.target]];
    case "text":
      return [["text", entry.path, entry.text]];
    case "archive":
      return [
        ["archive", entry.path, entry.size, entry.digest],
        ...entry.members.map(({ path, size, digest }) => ["file", posix.join(entry.path, path), size, digest]),
      ];
    case "absent":
      return []; // Nothing that an entry could hold.
  }
}

/** `preload-1-hf-facebook-bart-base-<32 hexadecimal digits>` */
export function modelKey(ref: string, digest: string): string {
  return `preload-${layoutVersion}-${ref.slice(0, ref.indexOf(":"))}-${readableName(ref)}-${short(digest)}`;
}

/**
 * What every set of models in these places begins with. What an older set has restored is in the right place, and what
 * is missing is fetched.
 */
export function setPrefix(positions: readonly string[]): string {
  return `preload-${layoutVersion}-set-${sha256([...new Set(positions)].sort()).slice("sha256:".length, 15)}-`;
}

export function setKey(prefix: string, digest: string): string {
  return `${prefix}${short(digest)}`;
}

/** The digest of a set: over the keys of its models, in one order. */
export function setDigest(keys: readonly string[]): string {
  return sha256([...new Set(keys)].sort());
}

// 128 bits, which nobody finds twice.
function short(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + 32);
}

// Some CIs take a dot or a slash in a key for a path, and a comma for the end of it.
function readableName(ref: string): string {
  const name = ref.slice(ref.indexOf(":") + 1).replace(/[?#].*$/, "");
  const last = name.includes("://") ? name.slice(name.lastIndexOf("/") + 1) : name.replace(/@.*$/, "");
  const words = last.toLowerCase().replace(/[^a-z0-9_]+/g, "-");
  return words.slice(0, 60).replace(/^-+|-+$/g, "") || "model";
}

function sha256(lines: readonly string[]): string {
  return `sha256:${createHash("sha256").update(lines.join("\n")).digest("hex")}`;
}
