import { linksByTarget, type Manifest } from "@preload/core";
import { byPath, type Leaf, leavesOf, rootOf } from "../pack/tree.ts";

export type Layout = "xdg" | "flat";

/** What an export in this layout holds of a model, relative to the folder that is exported to. */
export function exportedLeaves(manifest: Manifest, layout: Layout): Leaf[] {
  return layout === "xdg" ? leavesOf(manifest) : flatLeaves(manifest);
}

/** What a program opens of it: a folder, or a file. */
export function exportedPath(manifest: Manifest, layout: Layout): string {
  const root = rootOf(manifest);
  if (layout === "xdg") return `${root}/${manifest.path}`;
  const [top = ""] = manifest.path.split("/");
  switch (root) {
    // models--facebook--bart-base is facebook/bart-base, and datasets--org--name is datasets/org/name.
    case "huggingface/hub":
      return top
        .replace(/^models--/, "")
        .split("--")
        .join("/");
    // en_core_web_sm/en_core_web_sm-3.8.0
    case "spacy":
      return `${root}/${top}`;
    default:
      return `${root}/${manifest.path}`;
  }
}

/**
 * Regular files only, in plain folders. Of a repository of the Hub its snapshot, of a pipeline its data: what
 * `from_pretrained` and `spacy.load` open by path. Of everything else all of it, where its client looks for it.
 */
function flatLeaves(manifest: Manifest): Leaf[] {
  const [from, to] = [`${rootOf(manifest)}/${manifest.path}`, exportedPath(manifest, "flat")];
  const isPart = (path: string) => to === from || path === from || path.startsWith(`${from}/`);
  return followed(manifest)
    .filter(({ path }) => isPart(path))
    .map((leaf) => ({ ...leaf, path: to === from ? leaf.path : `${to}${leaf.path.slice(from.length)}` }))
    .sort(byPath);
}

/** The leaves with the bytes of a file in place of each link to it. */
function followed(manifest: Manifest): Leaf[] {
  const leaves = leavesOf(manifest);
  const root = rootOf(manifest);
  const links = linksByTarget(manifest);
  return leaves.flatMap((leaf): Leaf[] => {
    if (leaf.type !== "file") return leaf.type === "link" ? [] : [leaf];
    const { content } = leaf;
    const copies = (links.get(content.path) ?? []).map(
      ({ path }): Leaf => ({ type: "file", path: `${root}/${path}`, content }),
    );
    return [leaf, ...copies];
  });
}
