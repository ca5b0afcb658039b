import { statSync } from "node:fs";
import { join } from "node:path";
import { freeSpace, type Manifest } from "@preload/core";
import type { KnownModel } from "../known-models.ts";
import { bytes } from "../words.ts";
import { type Finding, on } from "./finding.ts";

const { warning } = on("directories");

/** Directories that have no room for what is still to come of the known models. */
export async function roomFindings(known: readonly KnownModel[]): Promise<Finding[]> {
  const needed = new Map<string, number>();
  for (const { dir, manifest } of known) {
    if (manifest) needed.set(dir, (needed.get(dir) ?? 0) + lackingBytes(manifest, dir));
  }
  const found = await Promise.all(
    [...needed].map(async ([dir, need]) => ({ dir, need, free: (await freeSpace(dir)) ?? Number.POSITIVE_INFINITY })),
  );
  return found
    .filter(({ need, free }) => need > free)
    .map(({ dir, need, free }) =>
      warning(`${dir} needs ${bytes(need)} more for what is locked, and has ${bytes(free)} free`, {
        why: "An install would end with exit 7 before its first byte.",
        fix: "Free some space (`preload prune`), or choose another disk with --cache-root.",
      }),
    );
}

function lackingBytes({ entries }: Manifest, dir: string): number {
  const files = entries.flatMap((entry) => {
    if (entry.type === "file") return [entry];
    if (entry.type !== "archive") return [];
    return entry.members.map(({ path, size }) => ({ path: entry.path ? `${entry.path}/${path}` : path, size }));
  });
  return files.reduce((sum, { path, size }) => (sizeAt(join(dir, path)) === size ? sum : sum + size), 0);
}

function sizeAt(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch {
    return undefined; // Closed to us, which is told elsewhere.
  }
}
