import { existsSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "./maybe-there.ts";
import { ownedPaths } from "./owned-paths.ts";
import type { AbsentEntry, Manifest } from "./types.ts";

/** What is in the directory although the entry says it must not be: paths relative to the directory. */
export function rivalsOf(entry: AbsentEntry, manifest: Manifest, dir: string): string[] {
  if (!existsSync(join(dir, entry.path))) return [];
  const found = entry.names.flatMap((name) => matches(dir, entry.path, name.split("/")));
  if (found.length === 0) return [];
  const owned = ownedPaths(manifest);
  return found.filter((path) => !owned.some((other) => other === path || other.startsWith(`${path}/`)));
}

function matches(dir: string, folder: string, [name = "", ...rest]: readonly string[]): string[] {
  const paths = namesLike(name, join(dir, folder)).map((found) => (folder ? `${folder}/${found}` : found));
  return rest.length === 0 ? paths : paths.flatMap((path) => matches(dir, path, rest));
}

function namesLike(name: string, folder: string): string[] {
  if (!name.includes("*")) return existsSync(join(folder, name)) ? [name] : [];
  const parts = name.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "su");
  return namesIn(folder).filter((found) => pattern.test(found));
}
