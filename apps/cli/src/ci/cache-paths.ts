import { join, posix } from "node:path";
import { ownedPaths, PreloadError } from "@preload/core";
import type { Resolved } from "./cached-models.ts";
import { positionOf, type Viewpoint } from "./entries.ts";
import { smallestList } from "./smallest-list.ts";

/** Something a CI keeps: a folder of which all is a model's, or a file. */
export interface CachePath {
  readonly path: string;
  /** Relative to the workspace, with `/` on every platform. */
  readonly relativePath: string;
}

/** Each file by itself, or the fewest folders and files that hold these models and nothing else. */
export function cachePaths(resolutions: readonly Resolved[], view: Viewpoint, each: "file" | "folder"): CachePath[] {
  const byDir = new Map<string, string[][]>();
  for (const { manifest, fetcher } of resolutions) {
    byDir.set(fetcher.dir, [...(byDir.get(fetcher.dir) ?? []), ownedPaths(manifest)]);
  }
  return [...byDir].flatMap(([dir, models]) => {
    const paths = each === "file" ? [...new Set(models.flat())].sort() : smallestList(dir, models);
    const position = positionOf(dir, view);
    return paths.map((path) => ({ path: join(dir, path), relativePath: posix.join(position, path) }));
  });
}

/** @throws PreloadError `BAD_ANSWER` for a path that cannot be told from two, in a list of lines */
export function refuseLineBreaks(paths: readonly CachePath[]): void {
  const broken = paths.find(({ path }) => /[\r\n]/.test(path));
  if (broken === undefined) return;
  throw new PreloadError("BAD_ANSWER", `${JSON.stringify(broken.path)} has a line break in it`, {
    hint: "Ask for it with --json, or leave the model out.",
  });
}
