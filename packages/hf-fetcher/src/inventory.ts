import { entriesIn, filesUnder, type Holding } from "@preload/core";

/** What a cache of the Hub holds, repository by repository, whoever fetched them. Reads no contents. */
export function hubInventory(dir: string): Holding[] {
  return entriesIn(dir)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const ref = refOf(name);
      return ref === undefined ? [] : [{ name: ref, files: filesUnder(dir, name) }];
    });
}

// The reverse of `repoFolderName`. `--` cannot be in an id, so there is only one way to read it.
function refOf(folder: string): string | undefined {
  const [, type, id = ""] = /^(model|dataset|space|kernel)s--(.+)$/.exec(folder) ?? [];
  if (type === undefined) return undefined;
  return `hf:${type === "model" ? "" : `${type}s/`}${id.split("--").join("/")}`;
}
