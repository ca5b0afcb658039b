import { parseRef, type RefOptions } from "@preload/core";
import { describe, expect, test } from "vitest";
import { hf, repoFolderName, repoOf } from "../src/index.ts";
import { machine } from "./world.ts";

const fetcher = hf({ machine });

describe("a ref names a folder of the cache", () => {
  test.each<[ref: string, folder: string]>([
    ["hf:gpt2", "models--gpt2"],
    ["hf:openai-community/gpt2", "models--openai-community--gpt2"],
    ["hf:Org/Some_Model.v1-x@main", "models--Org--Some_Model.v1-x"],
    ["hf://org/name", "models--org--name"],
    ["hf:datasets/org/name", "datasets--org--name"],
    ["hf:datasets/squad", "datasets--squad"],
    ["hf:spaces/org/name", "spaces--org--name"],
  ])("%s is %s", (ref, folder) => {
    expect(repoFolderName(repoOf(parseRef(ref)))).toBe(folder);
  });
});

describe("a ref has a canonical form", () => {
  test.each<[ref: string, canonical: string, options?: RefOptions]>([
    ["hf:Org/Name", "hf:Org/Name"],
    ["hf:org/name@v1.0", "hf:org/name@v1.0"],
    ["hf:org/name@refs/pr/3", "hf:org/name@refs/pr/3"],
    ["hf:https://huggingface.co/org/name", "hf:org/name"],
    ["hf:https://huggingface.co/org/name/", "hf:org/name"],
    ["hf:https://huggingface.co/org/name/tree/main", "hf:org/name@main"],
    ["hf:https://huggingface.co/org/name/tree/refs%2Fpr%2F3", "hf:org/name@refs/pr/3"],
    ["hf:https://huggingface.co/datasets/org/name", "hf:datasets/org/name"],
    ["hf:https://hf.co/gpt2", "hf:gpt2"],
    ["hf:all-MiniLM-L6-v2", "hf:sentence-transformers/all-MiniLM-L6-v2", { for: "sentence-transformers" }],
    ["hf:distilroberta-base", "hf:distilroberta-base", { for: "sentence-transformers" }],
    ["hf:org/name", "hf:org/name", { for: "sentence-transformers" }],
    ["hf:tiny.en", "hf:Systran/faster-whisper-tiny.en", { for: "faster-whisper" }],
    ["hf:turbo", "hf:mobiuslabsgmbh/faster-whisper-large-v3-turbo", { for: "faster-whisper" }],
    ["hf:tiny.en", "hf:tiny.en"],
  ])("%s is %s", (ref, canonical, options) => {
    expect(fetcher.canonical(parseRef(ref, options))).toBe(canonical);
  });
});

describe("what cannot be a repository is refused with the reason", () => {
  test.each<[ref: string, reason: string, options?: RefOptions]>([
    ["hf:a/b/c", "more than one slash"],
    ["hf:org//name", "more than one slash"],
    ["hf:org/", "empty"],
    ["hf:../../etc", "slash"],
    ["hf:..", "start or end"],
    ["hf:org/a..b", "`..`"],
    ["hf:org/a--b", "`--`"],
    ["hf:org/-a", "start or end"],
    ["hf:org/a.", "start or end"],
    ["hf:org/a.git", ".git"],
    ["hf:org/a%20b", "letters"],
    ["hf:org/ünï", "letters"],
    [`hf:org/${"a".repeat(97)}`, "96"],
    ["hf:org/name@../../x", "no revision"],
    ["hf:org/name@/x", "no revision"],
    ["hf:org/name@a\\b", "no revision"],
    ["hf:org/name@.hidden", "no revision"],
    ["hf:org/name@x.lock", "no revision"],
    ["hf:https://huggingface.co/org/name/blob/main/config.json", "page within"],
    ["hf:huge", "no such size", { for: "faster-whisper" }],
    ["hf:constructor", "no such size", { for: "faster-whisper" }],
  ])("%s: %s", (ref, reason, options) => {
    expect(() => fetcher.canonical(parseRef(ref, options))).toThrow(
      expect.objectContaining({ code: "BAD_REF", message: expect.stringContaining(reason) }),
    );
  });
});
