import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync, utimesSync } from "node:fs";
import { join, posix } from "node:path";
import type { User } from "./user.ts";

/** What must never be, at any moment: links and refs that lead nowhere. Without any code of the product. */
export function danglingIn({ hub }: User): string[] {
  return pathsIn(hub).flatMap((path) => {
    const full = join(hub, path);
    if (lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink()) {
      return statSync(full, { throwIfNoEntry: false }) || path.endsWith(".tmp") ? [] : [`${path} leads nowhere`];
    }
    const [, repo, ref] = /^([^/]+)\/refs\/(.+)$/.exec(path) ?? [];
    if (!repo || !ref || ref.endsWith(".tmp") || lstatSync(full).isDirectory()) return [];
    const commit = readFileSync(full, "utf8");
    return statSync(join(hub, repo, "snapshots", commit), { throwIfNoEntry: false }) ? [] : [`${path} names ${commit}`];
  });
}

/** What is in the caches and not reached from what these projects want. */
export function orphansIn({ hub, whisper, spacy }: User, wanted: ReadonlySet<string>): string[] {
  const commits = new Set([...wanted].flatMap((ref) => /@([0-9a-f]{40})$/.exec(ref)?.[1] ?? []));
  const paths = pathsIn(hub);
  const linked = new Set(
    paths
      .filter((path) => lstatSync(join(hub, path)).isSymbolicLink())
      .map((path) => posix.join(posix.dirname(path), readlinkSync(join(hub, path)))),
  );
  const inHub = paths.filter((path) => {
    if (lstatSync(join(hub, path)).isDirectory()) return readdirSync(join(hub, path)).length === 0;
    if (/^[^/]+\/blobs\//.test(path)) return !linked.has(path);
    if (/^[^/]+\/refs\//.test(path)) return !commits.has(readFileSync(join(hub, path), "utf8"));
    const [, commit = ""] = /^[^/]+\/(?:snapshots|\.no_exist)\/([^/]+)\//.exec(path) ?? [];
    return !commits.has(commit);
  });
  const checkpoints = pathsIn(whisper).filter((name) => !wanted.has(`whisper:${name.replace(/\.pt$/, "")}`));
  const versions = [...wanted].flatMap((ref) => /^spacy:en_demo_core@(.+)$/.exec(ref)?.[1] ?? []);
  const packages = namesIn(spacy).filter(
    (name) => versions.length === 0 || !["en_demo_core", `en_demo_core-${versions[0]}.dist-info`].includes(name),
  );
  return [...inHub, ...checkpoints, ...packages];
}

/** Everything there was written, and last touched, two days ago: what others may be about to use is not removed before. */
export function letTimePass({ hub, whisper, spacy }: User): void {
  const then = new Date(Date.now() - 2 * 86_400_000);
  for (const dir of [hub, whisper, spacy]) {
    for (const path of pathsIn(dir)) {
      try {
        if (!lstatSync(join(dir, path)).isSymbolicLink()) utimesSync(join(dir, path), then, then);
      } catch {
        // Removed at this moment, by somebody who is at work.
      }
    }
  }
}

function pathsIn(dir: string): string[] {
  return namesIn(dir, true).map((path) => path.replaceAll("\\", "/"));
}

function namesIn(dir: string, recursive = false): string[] {
  try {
    return readdirSync(dir, { recursive }).map(String);
  } catch {
    return []; // Not there, or a folder went while it was looked through.
  }
}
