import { PreloadError } from "@preload/core";
import { parse } from "yaml";
import { type Contents, noMatch, type Tree } from "./tree.ts";

export const pyannoteConfig = "config.yaml";

/**
 * What pyannote.audio opens: its configuration, the folders it names as `$model/<folder>`, or the weights beside it.
 * Models it names by another repository's name are for `requires`.
 */
export function pyannoteFiles(tree: Tree, contents: Contents): readonly string[] {
  if (!tree.has(pyannoteConfig)) throw noMatch(tree, "it has no config.yaml, and so nothing that pyannote.audio opens");
  const folders = namesIn(contents, tree.ref).flatMap((name) => /^\$model\/([^@]+)/.exec(name)?.[1] ?? []);
  const inFolders = folders.flatMap((folder) => filesIn(tree, folder));
  return [...new Set([pyannoteConfig, ...inFolders, ...rootWeights(tree)])];
}

function filesIn(tree: Tree, folder: string): readonly string[] {
  const found = tree.paths.filter((path) => path.startsWith(`${folder}/`) && !path.endsWith(".md"));
  if (found.length === 0) throw noMatch(tree, `config.yaml names ${folder}, which the repository lacks`);
  return found;
}

function rootWeights(tree: Tree): readonly string[] {
  if (tree.has("pytorch_model.bin")) return ["pytorch_model.bin"];
  return tree.paths.filter((path) => /^[^/]+\.(?:bin|safetensors|ckpt|onnx)$/.test(path));
}

/** Every name under a pipeline's parameters: `$model/embedding`, `pyannote/segmentation-3.0`, and settings besides. */
export function namesIn(contents: Contents, ref: string): readonly string[] {
  try {
    const config = parse(contents.get(pyannoteConfig) ?? "") as { pipeline?: { params?: unknown } } | null;
    return stringsIn(config?.pipeline?.params);
  } catch {
    throw new PreloadError("BAD_ANSWER", `${ref}: ${pyannoteConfig} is not YAML`);
  }
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
