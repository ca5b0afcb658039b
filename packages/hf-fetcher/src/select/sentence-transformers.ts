import type { HfOptions } from "../options.ts";
import { codeFiles, configFiles, transformersFiles, transformersTexts } from "./transformers.ts";
import { type Contents, type Tree, treeOf } from "./tree.ts";
import { filesOfWeights, type Weights, weightsIn } from "./weights.ts";

const own = /^(?:modules\.json|config_sentence_transformers\.json|sentence_[^/]*_config\.json|README\.md)$/;

// Where there is no modules.json to say so: `1_Pooling/`.
const numbered = /^\d+_[^/]+\//;

export function sentenceTransformersTexts(tree: Tree, options: HfOptions): readonly string[] {
  // Which folders count is only known once modules.json is read; an index more costs nothing.
  const indexes = [...foldersOf(tree)].map((folder) => weightsIn(tree, folder, options)).flatMap(indexOf);
  const modules = tree.has("modules.json") ? ["modules.json"] : [];
  return [...new Set([...modules, ...transformersTexts(tree, options), ...indexes])];
}

/** What `SentenceTransformer(name)` opens: what transformers does, and the folder of every module. */
export function sentenceTransformersFiles(tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  const folders = moduleFolders(tree, contents);
  const inFolders = folders.flatMap((folder) => moduleFiles(tree, folder, contents, options));
  const own_ = tree.paths.filter((path) => own.test(path));
  const rootHasWeights = weightsIn(tree, "", options) !== undefined || inFolders.length === 0;
  const root = rootIsModule(tree, contents) || rootHasWeights ? rootFiles(tree, contents, options) : configFiles(tree);
  return [...new Set([...own_, ...root, ...inFolders])];
}

function rootFiles(tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  return transformersFiles(tree, contents, options);
}

interface Module {
  readonly path?: unknown;
}

function modulesIn(contents: Contents): readonly Module[] {
  try {
    const parsed: unknown = JSON.parse(contents.get("modules.json") ?? "[]");
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function rootIsModule(_tree: Tree, contents: Contents): boolean {
  return modulesIn(contents).some(({ path }) => path === "" || path === ".");
}

function moduleFolders(tree: Tree, contents: Contents): readonly string[] {
  const named = modulesIn(contents)
    .map(({ path }) => (typeof path === "string" ? path.replace(/^\.\//, "").replace(/\/+$/, "") : ""))
    .filter((path) => path !== "" && path !== ".")
    .map((path) => `${path}/`);
  return [...new Set([...named, ...[...foldersOf(tree)].filter((folder) => numbered.test(folder))])];
}

function foldersOf(tree: Tree): ReadonlySet<string> {
  return new Set(tree.paths.filter((path) => path.includes("/")).map((path) => path.slice(0, path.indexOf("/") + 1)));
}

// Everything in a module's folder but the weights in formats it does not take.
function moduleFiles(tree: Tree, folder: string, contents: Contents, options: HfOptions): readonly string[] {
  const inside = treeOf(
    tree.ref,
    tree.files.filter(({ path }) => path.startsWith(folder)),
  );
  const weights = weightsIn(inside, folder, options);
  const chosen = weights ? filesOfWeights(weights, inside, contents) : [];
  const rest = inside.paths.filter((path) => !otherWeights.test(path) && !path.endsWith(".py"));
  return [...new Set([...(weights ? rest : inside.paths), ...chosen, ...codeFiles(inside, options)])];
}

const otherWeights = /\.(?:safetensors|bin|h5|msgpack|ot|onnx|onnx_data)$|\.index\.json$|\/(?:onnx|openvino)\//;

function indexOf(weights: Weights | undefined): readonly string[] {
  return weights?.type === "sharded" ? [weights.index] : [];
}
