import { safePath } from "@preload/core";
import type { HfOptions } from "../options.ts";
import { type Contents, jsonIn, noMatch, type Tree } from "./tree.ts";
import { allWeights, filesOfWeights, noWeights, weightsIn } from "./weights.ts";

const megabytes = 1024 * 1024;

// What configurations, tokenizers and processors are read from, whatever its size. All in the root.
const opened = new RegExp(
  `^(?:${[
    "[^/]*config[^/]*\\.json",
    "[^/]*tokenizer[^/]*\\.json",
    "[^/]*vocab[^/]*\\.(?:json|txt|bpe)",
    "merges[^/]*\\.txt",
    "dict\\.txt",
    "bpe\\.codes",
    "prophetnet\\.tokenizer",
    "[^/]+\\.(?:model|spm|tiktoken|jinja)",
    "tekken\\.json",
    "additional_chat_templates/[^/]+\\.jinja",
  ].join("|")})$`,
);

// Left by a training run, or the index of weights that were not chosen.
const notOpened = /^(?:trainer_state|training_.*|.*_results|.*\.index(?:\.[^.]+)?|model_index)\.json$/;

/**
 * Configurations, tokenizers and processors. An optional file that exists must come along: without it,
 * a loader offline takes its own defaults and says nothing.
 */
export function configFiles(tree: Tree): readonly string[] {
  // Single classes read a JSON file under a name of their own.
  const small = tree.files.filter(({ path, size }) => /^[^/]+\.json$/.test(path) && size < 10 * megabytes);
  const others = new Set(small.map(({ path }) => path).filter((path) => !notOpened.test(path)));
  return tree.paths.filter((path) => others.has(path) || (opened.test(path) && !notOpened.test(path)));
}

/** The texts that decide what else is wanted. */
export function transformersTexts(tree: Tree, options: HfOptions): readonly string[] {
  const weights = weightsIn(tree, "", options);
  return [...(tree.has("config.json") ? ["config.json"] : []), ...(weights?.type === "sharded" ? [weights.index] : [])];
}

/**
 * What `from_pretrained` opens: every configuration and tokenizer file, and one set of weights.
 *
 * @throws PreloadError `NO_MATCH` when the weights that are wanted are not there
 */
export function transformersFiles(tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  const files = [...configFiles(tree), ...modelFiles(tree, contents, options), ...codeFiles(tree, options)];
  if (files.length === 0)
    throw noMatch(tree, "it has nothing that transformers opens", "Use `for: all`, or name the files in `include`.");
  return files;
}

function modelFiles(tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  const named = namedWeights(tree, contents);
  if (named) return named;
  const adapter = adapterFiles(tree, options);
  const weights = weightsIn(tree, "", options);
  if (weights) return [...adapter, ...filesOfWeights(weights, tree, contents)];
  if (adapter.length > 0) return adapter;
  // A repository without any weights is one of a tokenizer, or of a configuration. Unless weights were asked for.
  if (allWeights(tree).length === 0 && options.weights === "auto" && options.variant === undefined) return [];
  throw noWeights(tree, options);
}

// transformers 5 lets the configuration name its weights.
function namedWeights(tree: Tree, contents: Contents): readonly string[] | undefined {
  const name = jsonIn(contents, "config.json")["transformers_weights"];
  return typeof name === "string" && tree.has(name) ? [safePath(name)] : undefined;
}

function adapterFiles(tree: Tree, { weights }: HfOptions): readonly string[] {
  if (!tree.has("adapter_config.json")) return [];
  const formats = weights === "auto" ? ["safetensors", "bin"] : [weights];
  const file = formats.map((format) => `adapter_model.${format}`).find((path) => tree.has(path));
  return file === undefined ? [] : [file];
}

/** Python that a loader runs only when it is told to trust it. */
export function codeFiles(tree: Tree, { code }: Pick<HfOptions, "code">): readonly string[] {
  return code ? tree.paths.filter((path) => path.endsWith(".py")) : [];
}
