import { pathsUnder } from "@preload/core";

/**
 * The fewest paths that hold these files and nothing else: a folder in place of what is in it, unless the disk has
 * something beside that. Below `dir`, which is not itself among them: it is where the client will put its next model.
 *
 *   models--facebook--bart-base          when nothing but the model is in it
 *   models--facebook--bart-base/blobs/…  one by one, when another revision is
 *
 * The files of each model are relative to `dir`, with `/` on every platform.
 */
export function smallestList(dir: string, models: readonly (readonly string[])[]): string[] {
  const reached = new Set(models.flat());
  const paths = models.flatMap((files) => foldersOf(files, "", (folder) => holdsOnly(dir, folder, reached)));
  return [...new Set(paths)].sort();
}

function foldersOf(files: readonly string[], above: string, isOwn: (folder: string) => boolean): string[] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const [first = ""] = file.slice(above.length).split("/");
    groups.set(first, [...(groups.get(first) ?? []), file]);
  }
  return [...groups.values()].flatMap((group) => {
    const folder = folderAbove(group);
    if (group.length === 1 || folder === above) return group;
    return isOwn(folder) ? [folder.slice(0, -1)] : foldersOf(group, folder, isOwn);
  });
}

/** The deepest folder that all of these are in, with a `/` at its end; nothing when there is none. */
function folderAbove([first = "", ...others]: readonly string[]): string {
  const names = first.split("/").slice(0, -1);
  const isShared = (depth: number) => others.every((file) => file.startsWith(`${names.slice(0, depth).join("/")}/`));
  const depth = names.findLastIndex((_, index) => isShared(index + 1)) + 1;
  return depth === 0 ? "" : `${names.slice(0, depth).join("/")}/`;
}

function holdsOnly(dir: string, folder: string, reached: ReadonlySet<string>): boolean {
  return pathsUnder(dir, folder.slice(0, -1)).every((path) => reached.has(path));
}
