import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Fetchers } from "@preload/core";
import { markPath } from "../export/earlier.ts";

/** Something that holds models and would be sent to the builder. */
export interface CacheInContext {
  /** Relative to the context, with `/`. */
  readonly path: string;
  readonly what: "cache" | "export" | "pack";
}

/**
 * The caches, exports and packs in a build context, as far as it is not left out of the context. Looks four folders deep,
 * and at directories of clients wherever they are.
 */
export function cachesIn(context: string, fetchers: Fetchers, isIgnored: (path: string) => boolean): CacheInContext[] {
  const dirs = Object.values(fetchers)
    .map(({ dir }) => relative(context, dir).split(sep).join("/"))
    .filter((path) => path !== "" && !path.startsWith("..") && existsSync(join(context, path)));
  const clients = dirs.map((path): CacheInContext => ({ path, what: "cache" }));
  const all = [...clients, ...found(context, "", 4, isIgnored)].filter(({ path }) => !isIgnored(path));
  const byPath = new Map(all.map((one) => [one.path, one]));
  return [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function found(context: string, folder: string, depth: number, isIgnored: (path: string) => boolean): CacheInContext[] {
  return entriesOf(join(context, folder)).flatMap((entry): CacheInContext[] => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === ".git" || entry.name === "node_modules" || isIgnored(path)) return [];
    const full = join(context, path);
    if (entry.isFile()) return isPack(full) ? [{ path, what: "pack" }] : [];
    if (!entry.isDirectory()) return [];
    if (existsSync(join(full, markPath))) return [{ path, what: "export" }];
    if (isHub(full)) return [{ path, what: "cache" }];
    return depth > 1 ? found(context, path, depth - 1, isIgnored) : [];
  });
}

function entriesOf(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return []; // What we may not look into, a builder of ours cannot read either.
  }
}

/** A folder of the Hub's layout. */
function isHub(dir: string): boolean {
  return entriesOf(dir).some(({ name }) => /^(?:models|datasets|spaces)--/.test(name));
}

/** A tar that begins as `preload pack` and other tools begin one with an OCI image in it. */
function isPack(path: string): boolean {
  if (!path.endsWith(".tar")) return false;
  const head = Buffer.alloc(100);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, head, 0, head.byteLength, 0);
    } finally {
      closeSync(file);
    }
  } catch {
    return false; // As with a folder that we may not look into.
  }
  return /^(?:blobs\/|oci-layout|index\.json)/.test(head.toString("latin1"));
}
