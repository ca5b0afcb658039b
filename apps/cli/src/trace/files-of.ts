import { type Manifest, targetOf } from "@preload/core";

/** The files that a manifest puts where the application looks, by their paths in the model, with their sizes. */
export function filesOf({ path: folder, entries }: Manifest): ReadonlyMap<string, number> {
  const sizes = new Map(entries.flatMap((entry) => (entry.type === "file" ? [[entry.path, entry.size]] : [])));
  const files = entries.flatMap((entry): [string, number][] => {
    if (entry.type !== "link" && entry.type !== "file") return [];
    if (!entry.path.startsWith(`${folder}/`)) return [];
    const source = entry.type === "link" ? targetOf(entry.path, entry.target) : entry.path;
    return [[entry.path.slice(folder.length + 1), sizes.get(source) ?? 0]];
  });
  return new Map(files);
}

/** Whether all of these files are among those. */
export function covers(brought: ReadonlyMap<string, number>, asked: Iterable<string>): boolean {
  return [...asked].every((file) => brought.has(file));
}
