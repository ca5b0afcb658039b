import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import { isMissing } from "./errors.ts";
import { lifeOf } from "./owner.ts";
import type { Entry, Manifest } from "./types.ts";

/**
 * Removes what processes that are gone have left half made beside the entries of a manifest:
 *
 *   refs/main.1f2e3d4c-4711-98765.1.tmp                 a link or a text
 *   model.bin.d3dd57d32acc.lease.1f2e3d4c-4711-98765    a lease that was being broken
 *   .preload-1f2e3d4c-4711-98765-0123456789ab           an archive that was being unpacked
 *
 * Partials stay: they are continued.
 */
export async function sweepDrafts(manifest: Manifest, dir: string): Promise<void> {
  for (const folder of new Set(manifest.entries.map(folderOf))) {
    for (const name of namesIn(join(dir, folder))) {
      const owner = forms.map((form) => form.exec(name)?.[1]).find((found) => found !== undefined);
      if (owner === undefined || lifeOf(owner) !== "dead") continue;
      await rm(join(dir, folder, name), { recursive: true, force: true });
    }
  }
}

const forms = [
  /\.([0-9a-f]{8}-\d+-\d+)\.\d+\.tmp$/,
  /\.lease\.([0-9a-f]{8}-\d+-\d+)$/,
  /^\.preload-([0-9a-f]{8}-\d+-\d+)-[0-9a-f]{12}$/,
];

function folderOf(entry: Entry): string {
  return entry.type === "archive" || entry.type === "absent" ? entry.path : posix.dirname(entry.path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
