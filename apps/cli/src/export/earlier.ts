import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf, isMissing, PreloadError, parseLock } from "@preload/core";
import { lockPath } from "../pack/image.ts";
import { exportedLeaves, type Layout } from "./flat.ts";
import { folderOfModel } from "./model-trees.ts";

/** Says of a folder that it was exported, and how. */
export const markPath = "preload/export.json";

/** How models lie in an export. */
export interface Form {
  readonly layout: Layout;
  /** Whether each model has a folder of its own, named after it. */
  readonly perModel: boolean;
}

export function markOf({ layout, perModel }: Form): string {
  return `${JSON.stringify({ version: 1, layout, ...(perModel ? { perModel } : {}) })}\n`;
}

/**
 * Refuses a folder that an export would take away from somebody: one that holds anything but an earlier export.
 *
 * @throws PreloadError `USAGE` naming what is in the way
 */
export function refuseOccupied(dir: string): void {
  const stats = statsOf(dir);
  if (!stats) return;
  if (!stats.isDirectory()) throw occupied(dir, "it is no folder");
  const names = readdirSync(dir);
  if (names.length === 0) return;
  const own = ownPaths(dir);
  if (!own) throw occupied(dir, `it holds ${names.sort()[0]}, and is no earlier export`);
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll("\\", "/"),
    );
  const other = paths.sort().find((path) => !own.has(path));
  if (other !== undefined) throw occupied(dir, `it holds ${other}, which was not exported`);
}

/** What an earlier export has put there; undefined when there is none. */
function ownPaths(dir: string): ReadonlySet<string> | undefined {
  try {
    const mark = (JSON.parse(readFileSync(join(dir, markPath), "utf8")) ?? {}) as {
      version?: unknown;
      layout?: unknown;
      perModel?: unknown;
    };
    if (mark.version !== 1 || (mark.layout !== "xdg" && mark.layout !== "flat")) return undefined;
    const { layout, perModel } = mark;
    const lock = parseLock(readFileSync(join(dir, lockPath), "utf8"), join(dir, lockPath));
    const paths = [...lock.models.values()].flatMap((manifest) => {
      const above = perModel === true ? `${folderOfModel(manifest.ref)}/` : "";
      return exportedLeaves(manifest, layout).map(({ path }) => `${above}${path}`);
    });
    return new Set([markPath, lockPath, ...paths]);
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError || error instanceof PreloadError) return undefined;
    throw error;
  }
}

function statsOf(dir: string): Stats | undefined {
  try {
    return statSync(dir, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function occupied(dir: string, why: string): PreloadError {
  return new PreloadError("USAGE", `${dir} cannot be exported to: ${why}`, {
    hint: "Name a folder that is not there, an empty one, or one of an earlier export. Nothing was changed.",
  });
}
