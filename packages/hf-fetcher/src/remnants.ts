import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMissing, pathsUnder } from "@preload/core";

/**
 * What means nothing any more in a Hub cache once these paths are gone: for each snapshot that loses its last file,
 * the refs that name it, its markers and its listing. A ref to a snapshot that is not there makes the Hub's clients
 * call the whole repository corrupted.
 */
export function hubRemnants(dir: string, gone: readonly string[]): { path: string; because: string }[] {
  const removed = new Set(gone);
  const snapshots = new Map(
    gone.flatMap((path) => {
      const [, folder, commit] = /^([^/]+)\/snapshots\/([0-9a-f]{40})\//.exec(path) ?? [];
      return folder && commit ? [[`${folder}/snapshots/${commit}`, { folder, commit, because: path }]] : [];
    }),
  );
  return [...snapshots].flatMap(([snapshot, { folder, commit, because }]) => {
    if (pathsUnder(dir, snapshot).some((path) => !removed.has(path))) return [];
    const refs = pathsUnder(dir, `${folder}/refs`).filter((path) => textOf(join(dir, path)) === commit);
    const markers = pathsUnder(dir, `${folder}/.no_exist/${commit}`);
    const listing = pathsUnder(dir, `${folder}/trees`).filter((path) => path.endsWith(`/${commit}.json`));
    return [...refs, ...markers, ...listing].map((path) => ({ path, because }));
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
