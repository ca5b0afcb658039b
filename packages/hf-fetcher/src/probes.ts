import type { Tree } from "./select/tree.ts";
import type { Target } from "./select.ts";

// What transformers 4 and 5 ask for and do without. A marker for each that a repository lacks saves a question
// to the Hub on every load; offline it makes no difference.
const transformers = [
  "adapter_config.json",
  "generation_config.json",
  "custom_generate/generate.py",
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
  "tokenizer_config.json",
  "tokenizer.json",
  "tokenizer.model",
  "added_tokens.json",
  "special_tokens_map.json",
  "chat_template.jinja",
  "chat_template.json",
  "vocab.json",
  "vocab.txt",
  "merges.txt",
  "spiece.model",
  "sentencepiece.bpe.model",
  "tekken.json",
  "tiktoken.model",
  "normalizer.json",
  "processor_config.json",
  "preprocessor_config.json",
  "video_preprocessor_config.json",
  "audio_tokenizer_config.json",
];

/** The files a client may ask for that the repository lacks. */
export function lackingProbes(target: Target, tree: Tree): readonly string[] {
  return probesOf(target).filter((path) => !tree.has(path));
}

function probesOf(target: Target): readonly string[] {
  switch (target) {
    case "transformers":
    case "sentence-transformers":
      return transformers;
    // These clients never look at the markers.
    case "faster-whisper":
    case "transformers.js":
    case "gguf":
    case "pyannote":
    case "all":
      return [];
  }
}
