import { posix } from "node:path";
import { PreloadError } from "./errors.ts";
import { safePath, targetOf } from "./paths.ts";
import type { Entry, LinkEntry, Manifest } from "./types.ts";

/**
 * Gives the manifest back if every path in it stays inside the directory, and no two are one on some file system.
 * A manifest comes from the network or from a lockfile that anybody may have edited.
 *
 * @throws PreloadError `BAD_ANSWER`
 */
export function checkedManifest(manifest: Manifest, platform: NodeJS.Platform = process.platform): Manifest {
  const seen = new Map<string, string>();
  const files = new Set(manifest.entries.flatMap((entry) => (entry.type === "file" ? [entry.path] : [])));
  for (const path of manifest.entries.flatMap((entry) => pathsOf(entry, platform))) {
    // Only where the file system folds case do two spellings meet; there one would overwrite the other.
    const key = platform === "linux" ? path : path.toLowerCase().normalize("NFC");
    const other = seen.get(key);
    if (other !== undefined) {
      throw new PreloadError("BAD_ANSWER", `${manifest.ref}: ${other} and ${path} are one file on this system`, {
        hint: "Leave one of them out with `exclude`.",
      });
    }
    seen.set(key, path);
  }
  for (const entry of manifest.entries) {
    if (entry.type === "link" && !files.has(targetOf(entry.path, entry.target))) throw leadsElsewhere(entry);
  }
  if (manifest.path !== "") safePath(manifest.path, platform);
  return manifest;
}

function pathsOf(entry: Entry, platform: NodeJS.Platform): string[] {
  switch (entry.type) {
    case "file":
    case "text":
      return [safePath(entry.path, platform)];
    case "link":
      return [safeLink(entry.path, entry.target, platform)];
    case "archive":
      if (entry.path !== "") safePath(entry.path, platform);
      return entry.members.map((member) => posix.join(entry.path, safePath(member.path, platform)));
    case "absent":
      if (entry.path !== "") safePath(entry.path, platform);
      for (const name of entry.names) safePath(name.replaceAll("*", "x"), platform);
      return [];
  }
}

function safeLink(path: string, target: string, platform: NodeJS.Platform): string {
  safePath(path, platform);
  // The text goes into the link as it is, so that what it leads to is not all that counts.
  if (posix.isAbsolute(target) || target.includes("\\")) safePath(target, platform);
  safePath(targetOf(path, target), platform);
  return path;
}

function leadsElsewhere({ path, target }: LinkEntry): PreloadError {
  return new PreloadError("BAD_ANSWER", `${path} leads to ${target}, which is no file of the model`, {
    hint: "Nothing was written. Do not use this source.",
  });
}
