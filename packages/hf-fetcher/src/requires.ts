import { formatRef, PreloadError, parseRef, type Requirement } from "@preload/core";
import type { HfOptions } from "./options.ts";
import { isRevision, type Repo, repoOf } from "./repo.ts";
import { namesIn, pyannoteConfig } from "./select/pyannote.ts";
import { type Contents, jsonIn, type Tree } from "./select/tree.ts";
import type { Target } from "./select.ts";

/** The small files that may name other repositories. */
export const textsThatRequire = [
  "adapter_config.json",
  "config.json",
  "tokenizer_config.json",
  "processor_config.json",
  "preprocessor_config.json",
  pyannoteConfig,
];

/**
 * The models that a loader opens beside this one; and this one once more, where it has code of its own that was left
 * out. `chosen` are the files that were not.
 */
export function requirementsOf(
  repo: Repo,
  target: Target,
  tree: Tree,
  contents: Contents,
  { chosen, ...options }: HfOptions & { readonly chosen: readonly string[] },
): readonly Requirement[] {
  const found = [
    ...declared(options),
    ...baseModel(contents),
    ...partsOfPipeline(target, contents, repo),
    ...whisperTokenizer(target, tree, repo),
    ...codeElsewhere(repo, contents),
  ];
  const own = repoOf(parseRef(repo.ref)).ref;
  const byRef = new Map(found.reverse().map((requirement) => [requirement.ref, requirement]));
  byRef.delete(own);
  return [...ownCode(repo, tree, contents, chosen), ...[...byRef.values()].reverse()];
}

function declared({ requires = [] }: HfOptions): readonly Requirement[] {
  return requires.map((text) => ({ ref: formatRef(parseRef(text)), why: "the config says so", safe: true }));
}

function baseModel(contents: Contents): readonly Requirement[] {
  const { base_model_name_or_path: name, revision } = jsonIn(contents, "adapter_config.json");
  return repoNamed(name, revision).map((ref) => ({ ref, why: "the adapter's base model", safe: true }));
}

function partsOfPipeline(target: Target, contents: Contents, repo: Repo): readonly Requirement[] {
  if (target !== "pyannote") return [];
  return namesIn(contents, repo.ref).flatMap((text) => {
    const [, name, revision] = /^([\w.-]+\/[\w.-]+)(?:@(.+))?$/.exec(text) ?? [];
    return repoNamed(name, revision).map((ref) => ({ ref, why: "a part of the pipeline", safe: true }));
  });
}

// faster-whisper then asks for the tokenizer of the original (`transcribe.py`).
function whisperTokenizer(target: Target, tree: Tree, repo: Repo): readonly Requirement[] {
  if (target !== "faster-whisper" || tree.has("tokenizer.json")) return [];
  const english = /\.en(?![a-z])/.test(repo.id);
  const options = { include: "tokenizer.json" };
  return [
    {
      ref: `hf:openai/whisper-tiny${english ? ".en" : ""}`,
      options,
      why: "the tokenizer, which this model lacks",
      safe: true,
    },
  ];
}

// `"auto_map": { "AutoModel": "modeling.Class" }`
function ownCode(repo: Repo, tree: Tree, contents: Contents, chosen: readonly string[]): readonly Requirement[] {
  const modules = textsThatRequire
    .flatMap((path) => mappedClasses(contents, path))
    .filter((name) => !name.includes("--") || name.startsWith(`${repo.id}--`))
    .map(
      (name) =>
        `${name
          .replace(/^.*--/, "")
          .replace(/\.[^.]*$/, "")
          .replaceAll(".", "/")}.py`,
    );
  const leftOut = [...new Set(modules)].filter((path) => tree.has(path) && !chosen.includes(path));
  if (leftOut.length === 0) return [];
  const why = `code of its own, ${leftOut.join(", ")}, that the loader would run`;
  return [{ ref: repo.ref, options: { code: true }, why, safe: false }];
}

// The same as a tokenizer has it, with a list of two, or null.
function mappedClasses(contents: Contents, path: string): readonly string[] {
  const classes = Object.values((jsonIn(contents, path)["auto_map"] ?? {}) as object).flat();
  return classes.filter((text) => typeof text === "string");
}

// `"auto_map": { "AutoModel": "org/name--modeling.Class" }`
function codeElsewhere(repo: Repo, contents: Contents): readonly Requirement[] {
  return textsThatRequire.flatMap((path) => {
    const names = mappedClasses(contents, path).flatMap((text) =>
      text.includes("--") ? (text.split("--")[0] ?? []) : [],
    );
    const why = "code that the loader would run: add it with `code: true` if you trust it";
    return [...new Set(names)]
      .filter((name) => name !== repo.id)
      .flatMap((name) => repoNamed(name).map((ref) => ({ ref, options: { code: true }, why, safe: false })));
  });
}

// Configurations also hold paths of the machine that a model was trained on.
function repoNamed(name: unknown, revision?: unknown): readonly string[] {
  if (typeof name !== "string" || !/^[^/\s]+\/[^/\s]+$|^[A-Za-z0-9][\w.-]*$/.test(name)) return [];
  const pinned = typeof revision === "string" && isRevision(revision) && revision !== "main" ? { revision } : {};
  try {
    return [repoOf({ scheme: "hf", name, options: {}, ...pinned }).ref];
  } catch (error) {
    if (error instanceof PreloadError) return [];
    throw error;
  }
}
