import type { HfOptions } from "./options.ts";
import type { Repo } from "./repo.ts";
import { fasterWhisperFiles } from "./select/faster-whisper.ts";
import { ggufFiles } from "./select/gguf.ts";
import { matching } from "./select/patterns.ts";
import { pyannoteConfig, pyannoteFiles } from "./select/pyannote.ts";
import { sentenceTransformersFiles, sentenceTransformersTexts } from "./select/sentence-transformers.ts";
import { transformersFiles, transformersTexts } from "./select/transformers.ts";
import { transformersJsFiles } from "./select/transformers-js.ts";
import { type Contents, noMatch, type Tree } from "./select/tree.ts";
import type { RepoFile } from "./snapshot.ts";

export type Target = NonNullable<HfOptions["for"]>;

/** Who loads the repository: what the options say, else what it looks like. */
export function targetOf(repo: Pick<Repo, "type">, tree: Tree, options: HfOptions): Target {
  if (options.for !== undefined) return options.for;
  if (repo.type !== "model") return "all";
  if (tree.has("modules.json")) return "sentence-transformers";
  if (tree.has(pyannoteConfig) && !tree.has("config.json")) return "pyannote";
  if (tree.has("model.bin") && tree.paths.some((path) => /^vocabulary\.[^/]+$/.test(path))) return "faster-whisper";
  return "transformers";
}

/** The small files whose content decides which others are wanted. */
export function textsThatDecide(target: Target, tree: Tree, options: HfOptions): readonly string[] {
  if (options.include) return [];
  switch (target) {
    case "transformers":
      return transformersTexts(tree, options);
    case "sentence-transformers":
      return sentenceTransformersTexts(tree, options);
    case "pyannote":
      return tree.has(pyannoteConfig) ? [pyannoteConfig] : [];
    case "faster-whisper":
    case "transformers.js":
    case "gguf":
    case "all":
      return [];
  }
}

/**
 * The files that are wanted, in the order of the listing: `include` in place of what the target opens, less `exclude`.
 *
 * @throws PreloadError `NO_MATCH` when what was asked for is not there
 */
export function select(target: Target, tree: Tree, contents: Contents, options: HfOptions): readonly RepoFile[] {
  const wanted = options.include
    ? matching(tree, "include", options.include)
    : new Set(opened(target, tree, contents, options));
  const unwanted = options.exclude ? matching(tree, "exclude", options.exclude) : new Set();
  const files = tree.files.filter(({ path }) => wanted.has(path) && !unwanted.has(path));
  if (files.length === 0) throw noMatch(tree, tree.files.length === 0 ? "it is empty" : "`exclude` leaves nothing");
  return files;
}

function opened(target: Target, tree: Tree, contents: Contents, options: HfOptions): readonly string[] {
  switch (target) {
    case "transformers":
      return transformersFiles(tree, contents, options);
    case "sentence-transformers":
      return sentenceTransformersFiles(tree, contents, options);
    case "faster-whisper":
      return fasterWhisperFiles(tree);
    case "transformers.js":
      return transformersJsFiles(tree, options);
    case "gguf":
      return ggufFiles(tree, options);
    case "pyannote":
      return pyannoteFiles(tree, contents);
    case "all":
      return tree.paths;
  }
}
