import { readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Fetcher } from "@preload/core";
import { pathsUnder } from "@preload/core";
import { inventories } from "../inventory.ts";
import type { Use } from "./uses.ts";

/** The models in these caches that were opened, by the files that were. Whoever put them there. */
export function openedModels(paths: readonly string[], fetchers: readonly Fetcher[]): Use[] {
  const uses = new Map<string, Use>();
  for (const { name: scheme, dir } of fetchers) {
    const inside = insideOf(dir, paths);
    if (inside.length === 0) continue;
    const holders = holdersIn(scheme, dir);
    for (const { path, real } of inside) {
      const ref = holders.get(real);
      // Who looks what a cache holds reads refs; who uses a model reads its files.
      if (ref === undefined || (scheme === "hf" && !/^[^/]+\/(?:snapshots|blobs)\//.test(path))) continue;
      const revision = scheme === "hf" ? revisionAt(dir, path) : undefined;
      uses.set(`${ref}@${revision}`, { ref, revision, files: new Map(), isRequested: false });
    }
  }
  return [...uses.values()];
}

/** Of both: what was asked for says more than what was opened. */
export function withOpened(requested: readonly Use[], opened: readonly Use[]): Use[] {
  const isNew = ({ ref }: Use) => requested.every((use) => use.ref !== ref);
  return [...requested, ...opened.filter(isNew)];
}

interface Inside {
  /** As it was opened, relative to the cache, with `/`. */
  readonly path: string;
  /** The same, with every link followed. */
  readonly real: string;
}

function insideOf(dir: string, paths: readonly string[]): Inside[] {
  const root = realOf(dir);
  if (root === undefined) return [];
  return paths.flatMap((path) => {
    const real = realOf(path);
    if (real === undefined || !real.startsWith(root + sep)) return [];
    const base = path.startsWith(root + sep) ? root : dir;
    return [{ path: slashed(relative(base, path)), real: slashed(relative(root, real)) }];
  });
}

/** Which model each file of a cache belongs to. */
function holdersIn(scheme: string, dir: string): Map<string, string> {
  const holdings = inventories[scheme]?.(dir) ?? [];
  return new Map(holdings.flatMap(({ name, files }) => files.map(({ path }) => [path, name] as const)));
}

/** The name under which a snapshot is known: `main` goes without saying, then any branch or tag, else the commit. */
function revisionAt(dir: string, path: string): string | undefined {
  const [, folder = "", commit] = /^([^/]+)\/snapshots\/([0-9a-f]{40})\//.exec(path) ?? [];
  if (commit === undefined) return undefined;
  const refs = pathsUnder(join(dir, folder, "refs"), "");
  const names = refs.filter((name) => readFileSync(join(dir, folder, "refs", name), "utf8").trim() === commit);
  return names.includes("main") ? undefined : (names[0] ?? commit);
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // Gone since it was opened.
  }
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}
