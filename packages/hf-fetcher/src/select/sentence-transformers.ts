import type { HfOptions } from "../options.ts";
import { codeFiles, configFiles, transformersFiles, transformersTexts } from "./transformers.ts";
import { type Contents, type Tree, treeOf } from "./tree.ts";
import { filesOfWeights, weightsIn } from "./weights.ts";

const own = /^(?:modules\.json|config_sentence_transformers\.json|sentence_[^/]*_config\.json|README\.md)$/;

/** The texts that decide what else is wanted. */
export function sentenceTransformersTexts(tree: Tree, options: HfOptions): readonly string[] {
  // Which folders count is only known once modules.json is read; one index more costs little.
  const weights = topFolders(tree).map((folder) => weightsIn(tree, folder, options));
  const indexes = weights.flatMap((found) => (found?.type === "sharded" ? [found.index] : []));
  return [...(tree.has("modules.json") ? ["modules.json"] : []), ...transformersTexts(tree, options), ...indexes];
}

/** What `SentenceTransformer(name)` opens: what transformers does, and the folder of every module. */
export function sentenceTransformersFiles(tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  const modules = modulesIn(contents, tree);
  const folders = modules.filter((folder) => folder !== "");
  // Older models keep the transformer in a folder of its own, `0_Transformer/`.
  const root = modules.includes("") ? transformersFiles(tree, contents, options) : configFiles(tree);
  const inFolders = folders.flatMap((folder) => moduleFiles(tree, folder, contents, options));
  return [...tree.paths.filter((path) => own.test(path)), ...root, ...inFolders];
}

// The folders of the modules, each with a slash at its end; "" is the root.
function modulesIn(contents: Contents, tree: Tree): readonly string[] {
  // Without the list it is a plain transformer. Numbered folders belong to it all the same: `1_Pooling/`.
  const listed = listIn(contents) ?? ["", ...topFolders(tree).filter((folder) => /^\d+_/.test(folder))];
  const folders = listed.map((path) => path.replace(/^\.(?:\/|$)/, "").replace(/\/*$/, "/"));
  return [...new Set(folders.map((folder) => (folder === "/" ? "" : folder)))];
}

function listIn(contents: Contents): readonly string[] | undefined {
  const text = contents.get("modules.json");
  if (text === undefined) return undefined;
  try {
    const modules = JSON.parse(text) as readonly { readonly path?: unknown }[];
    return modules.map(({ path }) => (typeof path === "string" ? path : ""));
  } catch {
    return undefined;
  }
}

function topFolders(tree: Tree): readonly string[] {
  return [...new Set(tree.paths.flatMap((path) => /^[^/]+\//.exec(path)?.[0] ?? []))];
}

const anyFormat = /\.(?:safetensors|bin|h5|msgpack|ot|onnx|onnx_data)$|\.index\.json$|\/(?:onnx|openvino)\//;

// Everything in a module's folder but its weights in formats that are not taken.
function moduleFiles(tree: Tree, folder: string, contents: Contents, options: HfOptions): readonly string[] {
  const files = tree.files.filter(({ path }) => path.startsWith(folder));
  const inside = treeOf(tree.ref, files);
  const weights = weightsIn(inside, folder, options);
  const plain = inside.paths.filter((path) => !path.endsWith(".py"));
  const taken = weights
    ? [...plain.filter((path) => !anyFormat.test(path)), ...filesOfWeights(weights, inside, contents)]
    : plain;
  return [...taken, ...codeFiles(inside, options)];
}
