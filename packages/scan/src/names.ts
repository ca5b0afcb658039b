import { formatRef, type Json, PreloadError, parseRef, type RefOptions } from "@preload/core";
import { fasterWhisperSizes, isOriginalTransformer, repoOf } from "@preload/hf-fetcher";
import { canonicalRef } from "@preload/spacy-fetcher";
import { names as whisperNames } from "@preload/whisper-fetcher";
import { looksLikeFolder } from "./folders.ts";

/** Whose names they are: the same text means another model to another loader. */
export type Naming =
  | "hub"
  | "sentence-transformers"
  | "cross-encoder"
  | "faster-whisper"
  | "whisper"
  | "spacy"
  | "pyannote"
  | "repository"
  /** A ref, as a config has it. */
  | "ref";

/** What a name means to a loader. */
export type Meaning =
  | { readonly type: "model"; readonly ref: string; readonly revision?: string }
  /** A place on the disk, or nothing that is fetched. */
  | { readonly type: "local" }
  | { readonly type: "unclear"; readonly why: string };

export function meaningOf(text: string, naming: Naming, options: RefOptions = {}): Meaning {
  if (text === "" || (looksLikeFolder(text) && !/^https:\/\/(huggingface\.co|hf\.co)\//.test(text)))
    return { type: "local" };
  switch (naming) {
    case "whisper":
      // Any other name is the path of a checkpoint.
      return whisperNames.includes(text) ? { type: "model", ref: `whisper:${text}` } : { type: "local" };
    case "spacy":
      return pipeline(text);
    case "faster-whisper":
      if (Object.hasOwn(fasterWhisperSizes, text)) return repository(fasterWhisperSizes[text] ?? text);
      return text.includes("/") ? repository(text) : { type: "local" };
    case "sentence-transformers":
    case "cross-encoder":
      if (text.includes("/") || isOriginalTransformer(text)) return repository(text);
      return repository(`${naming}/${text}`);
    case "pyannote": {
      const [name = "", revision] = text.split("@", 2);
      const found = repository(name);
      return found.type === "model" && revision ? { ...found, revision } : found;
    }
    case "repository":
      return repository(`${prefixOf(options["repo_type"])}${text}`);
    case "ref":
      return written(text);
    case "hub":
      if (text.includes("/") || isOriginalTransformer(text)) return repository(text);
      if (fileName.test(text)) return { type: "local" };
      return {
        type: "unclear",
        why: `${JSON.stringify(text)} may be a folder: a repository has the name of its owner before it`,
      };
  }
}

const fileName = /\.(bin|pth?|ckpt|onnx|gguf|safetensors|json|model|zip|tar|gz|h5)$/i;

// What people call the folders that they write models to.
const folders =
  /^(models?|outputs?|results?|checkpoints?|ckpts?|data|dataset|saved?(_?models?)?|runs?|artifacts?|weights|tmp|temp|cache|experiments?|trained|exp|logs?|pretrained(_?models?)?|test_?\w*|path|my_?\w*|your\w*)$/i;

function repository(text: string): Meaning {
  const [owner = "", name = ""] = text.split("/");
  if (text.includes("/") && (folders.test(owner) || fileName.test(name) || /^checkpoint-\d+$/.test(name))) {
    return { type: "unclear", why: `${JSON.stringify(text)} looks like a folder` };
  }
  try {
    return { type: "model", ref: repoOf(parseRef(`hf:${text}`)).ref };
  } catch (error) {
    if (error instanceof PreloadError) return { type: "local" };
    throw error;
  }
}

function pipeline(text: string): Meaning {
  if (text.startsWith("blank:") || !/^([a-z]{2,3}_\w+|[a-z]{2})$/.test(text)) return { type: "local" };
  try {
    return { type: "model", ref: canonicalRef(parseRef(`spacy:${text}`)) };
  } catch (error) {
    if (error instanceof PreloadError) return { type: "local" };
    throw error;
  }
}

/** A short name of the config's names no model to others. */
function written(text: string): Meaning {
  if (!text.includes(":")) return { type: "local" };
  try {
    const { revision, ...ref } = parseRef(text);
    return { type: "model", ref: formatRef(ref), ...(revision === undefined ? {} : { revision }) };
  } catch (error) {
    if (error instanceof PreloadError) return { type: "unclear", why: error.message };
    throw error;
  }
}

function prefixOf(type: Json | undefined): string {
  return type === "dataset" || type === "space" ? `${type}s/` : "";
}
