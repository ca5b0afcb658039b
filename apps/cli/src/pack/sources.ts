import { lstatSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { checkedManifest, isMissing, linksByTarget, ownedPaths, PreloadError, type Resolution } from "@preload/core";
import { type Content, type Leaf, leavesOf, memberContent } from "./tree.ts";

export type Resolved = Extract<Resolution, { status: "resolved" }>;

/** A model with what it puts below a root, and where its bytes are now. */
export interface Gathered {
  readonly model: Resolved;
  readonly leaves: readonly Leaf[];
  /** The absolute path of a file of the model. */
  placeOf(content: Content): string;
}

/**
 * Finds the bytes of each model, looking at names and sizes only: their digests are compared when they are read.
 * Where the cache has no symbolic links, a file is where a link to it would be.
 *
 * @throws PreloadError `MISSING` or `CORRUPT`, naming everything that is not as the lock says
 */
export function gather(models: readonly Resolved[]): Gathered[] {
  const looks = models.map((model) => ({ model, ...lookAt(model) }));
  const missing = looks.flatMap(({ model, absent }) => absent.map((path) => `\n  ${model.ref}  ${path}`));
  const wrong = looks.flatMap(({ model, wrong }) => wrong.map((what) => `\n  ${model.ref}  ${what}`));
  if (wrong.length > 0) {
    throw new PreloadError("CORRUPT", `what is there is not what the lock says${wrong.join("")}`, {
      hint: "Run `preload install`; it fetches what is broken.",
    });
  }
  if (missing.length > 0) {
    throw new PreloadError("MISSING", `not everything is there${missing.join("")}`, {
      hint: "Run `preload install` first.",
    });
  }
  return looks.map(({ model, places }) => ({
    model,
    leaves: leavesOf(model.manifest),
    placeOf: ({ path }) => places.get(path) ?? join(model.fetcher.dir, path),
  }));
}

interface Look {
  readonly places: ReadonlyMap<string, string>;
  readonly absent: readonly string[];
  readonly wrong: readonly string[];
}

function lookAt({ manifest, fetcher: { dir } }: Resolved): Look {
  checkedManifest(manifest);
  const places = new Map<string, string>();
  const absent: string[] = [];
  const wrong: string[] = [];
  const find = (content: Content, candidates: readonly string[]) => {
    const found = candidates.map((path) => ({ path, stats: statsOf(join(dir, path)) })).find(({ stats }) => stats);
    if (!found?.stats) return void absent.push(candidates.at(-1) ?? content.path);
    if (!found.stats.isFile()) return void wrong.push(`${found.path} is no file`);
    if (found.stats.size !== content.size) {
      return void wrong.push(`${found.path}  expected ${content.size} bytes, found ${found.stats.size}`);
    }
    places.set(content.path, join(dir, found.path));
  };
  for (const entry of manifest.entries) {
    if (entry.type === "file") {
      const links = linksByTarget(manifest).get(entry.path) ?? [];
      find(entry, [entry.path, ...links.map(({ path }) => path)]);
    }
    if (entry.type === "archive") {
      for (const member of entry.members) {
        const content = memberContent(entry, member);
        find(content, [content.path]);
      }
    }
    if (entry.type === "link" && !isThere(join(dir, entry.path))) absent.push(entry.path);
    if (entry.type === "text") {
      const text = textAt(join(dir, entry.path));
      if (text === undefined) absent.push(entry.path);
      else if (text !== entry.text) wrong.push(`${entry.path} has another text`);
    }
  }
  return { places, absent: [...new Set(absent)], wrong };
}

/** Whether none of a model's files is there. */
export function isAbsent({ manifest, fetcher }: Resolved): boolean {
  return ownedPaths(manifest).every((path) => statsOf(join(fetcher.dir, path)) === undefined);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
