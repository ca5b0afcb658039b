import { posix } from "node:path";
import { check, type Problem } from "./check.ts";
import { hexOf } from "./digest.ts";
import type { Entry, Manifest } from "./types.ts";

export interface AsPlacedOptions {
  readonly dir: string;
  readonly stateDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A manifest without what is no longer as it was put there, because somebody else has written it since: a ref that was
 * moved, a checkpoint of the same name. Undefined for a package of which another installer has made its own.
 * A file that is named by its digest is nobody else's, whatever it holds.
 */
export async function asPlaced(manifest: Manifest, options: AsPlacedOptions): Promise<Manifest | undefined> {
  const entries = manifest.entries.filter((entry) => entry.type !== "link" && !isNamedByDigest(entry));
  const problems = await check({ ...manifest, entries }, options);
  const isPackage = entries.some(({ type }) => type === "archive");
  if (isPackage && problems.some(isTakenOver)) return undefined;
  const changed = new Set(problems.filter(({ reason }) => reason !== "missing").map(({ path }) => path));
  return { ...manifest, entries: manifest.entries.flatMap((entry) => withoutChanged(entry, changed)) };
}

/** Another version beside it, or another installer's record in it. */
function isTakenOver({ reason, entry }: Problem): boolean {
  return reason === "in-the-way" || (reason === "wrong-text" && entry.type === "text");
}

function withoutChanged(entry: Entry, changed: ReadonlySet<string>): Entry[] {
  switch (entry.type) {
    case "file":
      return isNamedByDigest(entry) || !changed.has(entry.path) ? [entry] : [];
    case "text":
      return changed.has(entry.path) ? [] : [entry];
    case "archive":
      return [{ ...entry, members: entry.members.filter(({ path }) => !changed.has(posix.join(entry.path, path))) }];
    case "link":
    case "absent":
      return [entry];
  }
}

function isNamedByDigest(entry: Entry): boolean {
  return entry.type === "file" && posix.basename(entry.path) === hexOf(entry.digest);
}
