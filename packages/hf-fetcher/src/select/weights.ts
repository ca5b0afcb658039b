import { PreloadError } from "@preload/core";
import type { HfOptions } from "../options.ts";
import { type Contents, folderOf, noMatch, some, type Tree } from "./tree.ts";

export type WeightOptions = Pick<HfOptions, "weights" | "framework" | "variant">;

/** One set of weights: a single file, or the index that names its shards. */
export type Weights =
  | { readonly type: "single"; readonly path: string }
  | { readonly type: "sharded"; readonly index: string };

interface Kind {
  readonly name: string;
  readonly sharded: boolean;
}

/** The weights a loader takes from a folder: the first that is there, in the loader's own order. */
export function weightsIn(tree: Tree, folder: string, options: WeightOptions): Weights | undefined {
  for (const { name, sharded } of kindsFor(options)) {
    const path = folder + withVariant(name, options.variant);
    if (tree.has(path)) return { type: "single", path };
    const index = folder + withVariant(`${name}.index.json`, options.variant);
    if (sharded && tree.has(index)) return { type: "sharded", index };
  }
  return undefined;
}

const safetensors: Kind = { name: "model.safetensors", sharded: true };
const bin: Kind = { name: "pytorch_model.bin", sharded: true };

function kindsFor({ weights, framework }: WeightOptions): readonly Kind[] {
  if (framework === "tf")
    return [
      { ...safetensors, sharded: false },
      { name: "tf_model.h5", sharded: true },
    ];
  if (framework === "flax")
    return [
      { name: "flax_model.msgpack", sharded: true },
      { ...safetensors, sharded: false },
    ];
  switch (weights) {
    case "auto":
      return [safetensors, bin];
    case "safetensors":
      return [safetensors];
    case "bin":
      return [bin];
  }
}

// As `_add_variant` in transformers: before the last part of the name.
function withVariant(name: string, variant: string | undefined): string {
  return variant === undefined ? name : name.replace(/\.([^.]+)$/, `.${variant}.$1`);
}

/**
 * The paths of a set of weights, the index among them.
 *
 * @throws PreloadError `NO_MATCH` when the index names a file that the repository lacks
 */
export function filesOfWeights(weights: Weights, tree: Tree, contents: Contents): readonly string[] {
  if (weights.type === "single") return [weights.path];
  const { index } = weights;
  const shards = shardsIn(contents.get(index) ?? "", index, tree).map((name) => folderOf(index) + name);
  const lacking = shards.find((path) => !tree.has(path));
  if (lacking !== undefined) throw noMatch(tree, `${index} names ${lacking}, which the repository lacks`);
  return [index, ...shards];
}

function shardsIn(text: string, index: string, tree: Tree): readonly string[] {
  try {
    const { weight_map: map } = JSON.parse(text) as { weight_map: Record<string, string> };
    return [...new Set(Object.values(map).map(String))].sort();
  } catch {
    throw new PreloadError("BAD_ANSWER", `${tree.ref}: ${index} has no list of shards`);
  }
}

const anyWeights = /\.(safetensors|bin|pt|pth|ckpt|h5|msgpack|onnx|gguf|npz|tflite|ot|nemo|pkl)$/;
const leftovers = /(^|\/)(training_args|optimizer|scheduler|rng_state|scaler)[^/]*$/;

/** The weights of any kind, to tell what there is in place of what was wanted. */
export function allWeights(tree: Tree): readonly string[] {
  return tree.paths.filter((path) => anyWeights.test(path) && !leftovers.test(path));
}

/** Says which weights were wanted, what there is, and which option takes it. */
export function noWeights(tree: Tree, options: WeightOptions): PreloadError {
  const { framework, weights, variant } = options;
  const kind = framework !== "pytorch" ? framework : weights === "auto" ? "safetensors or .bin" : weights;
  const wanted = `no ${kind} weights${variant === undefined ? "" : ` of the variant ${variant}`} that transformers would load`;
  const there = allWeights(tree);
  return noMatch(
    tree,
    `it has ${wanted}\n  it has ${there.length === 0 ? "no weights at all" : some(there)}`,
    hintFor(tree, options),
  );
}

function hintFor(tree: Tree, { weights, framework, variant }: WeightOptions): string | undefined {
  const plain = { weights: "auto", framework: "pytorch", variant: undefined } as const;
  if ((weights !== "auto" || variant !== undefined) && weightsIn(tree, "", { ...plain, framework })) {
    return variant === undefined ? "Leave `weights` out to take what there is." : "Leave `variant` out, or correct it.";
  }
  const names = allWeights(tree);
  const named = (pattern: RegExp) => names.map((name) => pattern.exec(name)).find((found) => found !== null);
  const other = named(/^(?:model|pytorch_model)\.([^.]+)\.(?:safetensors|bin)$/)?.[1];
  if (other !== undefined) return `It has a variant: \`variant: ${other}\`.`;
  if (tree.has("model_index.json")) return "It is a diffusers pipeline: `for: all`, or name the files in `include`.";
  if (named(/\.gguf$/)) return "Use `for: gguf` with `quant`.";
  if (named(/^model\.bin$/)) return "Use `for: faster-whisper`.";
  if (named(/^tf_model\.h5$/)) return "Use `framework: tf`, with transformers 4.";
  if (named(/^flax_model\.msgpack$/)) return "Use `framework: flax`, with transformers 4.";
  if (named(/^onnx\/.*\.onnx$/)) return "Use `for: transformers.js`.";
  return names.length === 0 ? undefined : "Use `for: all`, or name the files in `include`.";
}
