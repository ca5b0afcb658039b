import type { RefOptions } from "@preload/core";
import type { Naming } from "./names.ts";

/** One function or class of a library that loads a model by its name. */
export interface Loader {
  /** Of its full name, as far as it says which one it is. */
  readonly is: RegExp;
  /** The argument that names the model: its place, and what it is called. */
  readonly model: { readonly at?: number; readonly names: readonly string[] };
  readonly naming: Naming;
  /** What its models need to be said beside the ref. */
  readonly options?: RefOptions;
  /** Loads nothing: a test says which models it needs, and each argument without a name is one of them. */
  readonly marks?: boolean;
  /** Further arguments that name models. */
  readonly also?: readonly string[];
  /** What is loaded when the argument is left out: a name, or why that cannot be told. */
  readonly otherwise?: { readonly name: string } | { readonly why: string };
  /** Arguments that name single files of the repository. */
  readonly files?: readonly { readonly at?: number; readonly name: string }[];
}

/** The last word of a callee that can be a loader: what is looked at at all. */
export const lastNames =
  /^(from_pretrained|pipeline|SentenceTransformer|SparseEncoder|CrossEncoder|Transformer|load_model|load|download|hf_hub_download|snapshot_download|cached_file|cached_download|WhisperModel|download_model|LLM|KeyBERT|BERTopic|\w*(Embeddings?|EmbeddingFunction|CrossEncoder|Reranker|SentenceTransformers\w*)|from_hub|requires_model|requireModel|testWithModel)$/;

const pretrained = {
  at: 0,
  names: [
    "pretrained_model_name_or_path",
    "model_name_or_path",
    "model_id",
    "model_name",
    "model_path",
    "name",
    "repo_id",
  ],
};
const repo = { at: 0, names: ["repo_id"] };
const libraryDefault = (what: string) => ({ why: `${what} chooses a model by itself` });

/** The loaders that are known, the particular ones before the general. */
export const loaders: readonly Loader[] = [
  // Our own, for tests.
  { is: /^pytest\.mark\.requires_model$/, model: { names: [] }, naming: "ref", marks: true },
  {
    is: /^@preload\/test-setup(\/\w+)?\.(requireModel|testWithModel)$/,
    model: { at: 0, names: [] },
    naming: "ref",
    marks: true,
  },

  // Tensors, and models from elsewhere.
  {
    is: /(^|\.)(torch|torchvision|efficientnet_pytorch|keras_nlp|keras_hub|timm|fasttext|open_clip)\./,
    model: { names: [] },
    naming: "hub",
  },

  {
    is: /(^|\.)transformers\.js\.pipeline$/,
    model: { at: 1, names: [] },
    naming: "hub",
    options: { for: "transformers.js" },
    otherwise: libraryDefault("transformers.js"),
  },
  {
    is: /(^|\.)transformers\.(pipelines\.)?pipeline$/,
    model: { at: 1, names: ["model"] },
    naming: "hub",
    also: ["tokenizer", "feature_extractor", "image_processor", "processor", "assistant_model"],
    otherwise: libraryDefault("the library"),
  },
  {
    is: /(^|\.)pyannote\.audio(\.\w+)*\.from_pretrained$/,
    model: { at: 0, names: ["checkpoint_path", "checkpoint", "pipeline_name"] },
    naming: "pyannote",
    options: { for: "pyannote" },
  },
  { is: /(^|\.)peft\.Peft\w+\.from_pretrained$/, model: { at: 1, names: ["model_id"] }, naming: "hub" },
  {
    is: /(^|\.)llama_cpp(\.\w+)*\.from_pretrained$/,
    model: repo,
    naming: "hub",
    options: { for: "gguf" },
    files: [{ at: 1, name: "filename" }],
  },
  {
    is: /(^|\.)(setfit|span_marker|model2vec|pylate)(\.\w+)*\.from_pretrained$/,
    model: pretrained,
    naming: "hub",
    options: { for: "sentence-transformers" },
  },
  {
    is: /(^|\.)transformers\.js(\.\w+)*\.from_pretrained$/,
    model: pretrained,
    naming: "hub",
    options: { for: "transformers.js" },
  },
  { is: /(^|\.)from_pretrained$/, model: pretrained, naming: "hub" },

  {
    is: /(^|\.)sentence_transformers(\.\w+)*\.(SentenceTransformer|SparseEncoder)$|^(?!.*(langchain|llama_index|haystack)).*(^|\.)(SentenceTransformer|SparseEncoder)$/,
    model: { at: 0, names: ["model_name_or_path"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
  },
  {
    is: /(^|\.)sentence_transformers(\.\w+)*\.CrossEncoder$/,
    model: { at: 0, names: ["model_name_or_path", "model_name"] },
    naming: "cross-encoder",
    options: { for: "sentence-transformers" },
  },
  {
    is: /(^|\.)sentence_transformers\.(\w+\.)*(models|modules)\.(\w+\.)*Transformer$/,
    model: { at: 0, names: ["model_name_or_path"] },
    naming: "hub",
  },
  {
    is: /(^|\.)(langchain\w*)(\.\w+)*\.HuggingFace(Instruct)?Embeddings$/,
    model: { names: ["model_name", "model"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: libraryDefault("LangChain"),
  },
  {
    is: /(^|\.)(langchain\w*)(\.\w+)*\.(HuggingFaceBgeEmbeddings|SentenceTransformerEmbeddings|HuggingFaceCrossEncoder)$/,
    model: { names: ["model_name", "model"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: libraryDefault("LangChain"),
  },
  {
    is: /(^|\.)llama_index(\.\w+)*\.HuggingFaceEmbedding$/,
    model: { at: 0, names: ["model_name"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: libraryDefault("LlamaIndex"),
  },
  {
    is: /(^|\.)haystack(\w*)(\.\w+)*\.SentenceTransformers\w+$/,
    model: { names: ["model"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: libraryDefault("Haystack"),
  },
  {
    is: /(^|\.)SentenceTransformerEmbeddingFunction$/,
    model: { at: 0, names: ["model_name"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: { name: "all-MiniLM-L6-v2" },
  },
  {
    is: /(^|\.)keybert(\.\w+)*\.KeyBERT$/,
    model: { at: 0, names: ["model"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: { name: "all-MiniLM-L6-v2" },
  },
  {
    is: /(^|\.)bertopic(\.\w+)*\.BERTopic$/,
    model: { names: ["embedding_model"] },
    naming: "sentence-transformers",
    options: { for: "sentence-transformers" },
    otherwise: libraryDefault("BERTopic"),
  },
  { is: /(^|\.)vllm(\.\w+)*\.LLM$/, model: { at: 0, names: ["model"] }, naming: "hub" },

  { is: /^(src\.)?whisper\.load_model$/, model: { at: 0, names: ["name"] }, naming: "whisper" },
  {
    is: /(^|\.)WhisperModel$|(^|\.)faster_whisper(\.\w+)*\.download_model$/,
    model: { at: 0, names: ["model_size_or_path", "size_or_id"] },
    naming: "faster-whisper",
    options: { for: "faster-whisper" },
  },
  {
    is: /(^|\.)whisperx(\.asr)?\.load_model$/,
    model: { at: 0, names: ["whisper_arch"] },
    naming: "faster-whisper",
    options: { for: "faster-whisper" },
  },

  {
    is: /(^|\.)spacy\.(load|util\.load_model|cli\.download|cli\.download\.download)$/,
    model: { at: 0, names: ["name", "model"] },
    naming: "spacy",
  },

  {
    is: /(^|\.)(hf_hub_download|cached_download)$/,
    model: repo,
    naming: "repository",
    files: [{ at: 1, name: "filename" }],
  },
  {
    is: /(^|\.)transformers(\.\w+)*\.cached_file$/,
    model: { at: 0, names: ["path_or_repo_id"] },
    naming: "hub",
    files: [{ at: 1, name: "filename" }],
  },
  { is: /(^|\.)snapshot_download$/, model: repo, naming: "repository", options: { for: "all" } },
];

/** `en_core_web_sm.load()`: a pipeline that is imported as the package that it is. */
export const importedPipeline = /^([a-z]{2,3}_(?:core|dep|ent)_\w+)\.load$/;
