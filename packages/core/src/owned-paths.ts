import type { Entry, Manifest } from "./types.ts";

/** Every path that a manifest puts into its directory, in the order in which they are written. */
export function ownedPaths(manifest: Pick<Manifest, "entries">): string[] {
  return manifest.entries.flatMap(pathsOf);
}

function pathsOf(entry: Entry): string[] {
  switch (entry.type) {
    case "file":
    case "link":
    case "text":
      return [entry.path];
    case "archive":
      return entry.members.map((member) => (entry.path ? `${entry.path}/${member.path}` : member.path));
    case "absent":
      return [];
  }
}
