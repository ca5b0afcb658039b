import { createHash } from "node:crypto";
import { type Fetcher, type Manifest, parseRef } from "@preload/core";
import { sizeOf } from "../manifest-size.ts";
import type { Leaf } from "../pack/tree.ts";
import { shared } from "../pack/write-pack.ts";

/** What is known of a model that a tree is made of. */
interface TreeModel {
  readonly model: { readonly ref: string; readonly manifest: Manifest; readonly fetcher: Pick<Fetcher, "follows"> };
  readonly leaves: readonly Leaf[];
}

export interface ModelTree<Model extends TreeModel> {
  /** The folder that holds it, and the name of its layer. */
  readonly folder: string;
  readonly model: Model;
  /** Relative to the folder. What an earlier tree has is not there twice. */
  readonly leaves: readonly Leaf[];
}

/**
 * A tree for each model, in an order in which layers are rarely made anew: what stands still before what follows a
 * branch, and then the largest first.
 */
export function modelTrees<Model extends TreeModel>(models: readonly Model[]): ModelTree<Model>[] {
  const ordered = models
    .map((model) => ({ model, moves: moves(model.model), size: sizeOf(model.model.manifest).bytes }))
    .sort((one, other) => {
      if (one.moves !== other.moves) return one.moves ? 1 : -1;
      return other.size - one.size || (one.model.model.ref < other.model.model.ref ? -1 : 1);
    });
  return shared(ordered.map(({ model }) => model)).map(({ model, own }) => ({
    folder: folderOfModel(model.model.ref),
    model,
    leaves: own,
  }));
}

/** Whether the same ref may mean another revision tomorrow. */
function moves({ ref, fetcher }: TreeModel["model"]): boolean {
  return fetcher.follows !== undefined && fetcher.follows(parseRef(ref)) === undefined;
}

/**
 * `hf-facebook--bart-base` for `hf:facebook/bart-base`: readable, another one for each ref, and nothing that a shell or a
 * Dockerfile would take for more than a name.
 */
export function folderOfModel(ref: string): string {
  const name = ref.replace(":", "-").replaceAll("/", "--");
  if (/^[a-z]+:[A-Za-z0-9]+(?:[._/@-][A-Za-z0-9]+)*$/.test(ref) && name.length <= 128) return name;
  const digest = createHash("sha256").update(ref).digest("hex").slice(0, 8);
  return `${ref.replaceAll(/[^A-Za-z0-9._]+/g, "-").slice(0, 60)}-${digest}`;
}
