import { noMatch, some, type Tree } from "./tree.ts";
import { allWeights } from "./weights.ts";

const opened = /^(?:config\.json|preprocessor_config\.json|model\.bin|tokenizer\.json|vocabulary\.[^/]*)$/;

/** What `WhisperModel(size)` downloads (`faster_whisper/utils.py`). */
export function fasterWhisperFiles(tree: Tree): readonly string[] {
  if (!tree.has("model.bin")) {
    throw noMatch(
      tree,
      `it has no model.bin, and so no model in CTranslate2's format\n  it has ${some(allWeights(tree)) || "no weights at all"}`,
      "faster-whisper needs a converted model, for example hf:Systran/faster-whisper-tiny.",
    );
  }
  return tree.paths.filter((path) => opened.test(path));
}
