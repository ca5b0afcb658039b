import { formatRef, PreloadError, type Ref } from "@preload/core";
import { fasterWhisperSizes, isOriginalTransformer } from "./names.ts";

/** A repository of the Hub, and the revision that is asked for. */
export interface Repo {
  readonly type: "model" | "dataset" | "space";
  /** Spelled as the application spells it: the cache distinguishes `gpt2` and `openai-community/gpt2`. */
  readonly id: string;
  readonly revision: string;
  /** The ref in canonical form, for messages. */
  readonly ref: string;
}

/**
 * Finds out which repository a ref means.
 *
 * @throws PreloadError `BAD_REF`
 */
export function repoOf(ref: Ref): Repo {
  const pasted = unpasted(ref);
  const [, prefix, written = ""] = /^(?:(dataset|space)s\/)?(.*)$/s.exec(pasted.name) ?? [];
  const type = (prefix ?? "model") as Repo["type"];
  const id = type === "model" ? fullName(written, ref) : written;
  const reason = whyNoRepo(id);
  if (reason !== undefined) throw badRef(ref, reason);
  const { revision } = pasted;
  if (revision !== undefined && !isRevision(revision)) throw badRef(ref, `${JSON.stringify(revision)} is no revision`);
  const name = prefix === undefined ? id : `${prefix}s/${id}`;
  return { type, id, revision: revision ?? "main", ref: formatRef({ scheme: "hf", name, revision }) };
}

/** The folder that holds a repository within the cache. */
export function repoFolderName({ type, id }: Pick<Repo, "type" | "id">): string {
  return [`${type}s`, ...id.split("/")].join("--");
}

/** Where a repository's files are found below an endpoint: models have no prefix. */
export function repoPath({ type, id }: Pick<Repo, "type" | "id">): string {
  return type === "model" ? id : `${type}s/${id}`;
}

/** True for exactly what the Hub's clients take for a commit; 39 characters or upper case make a branch. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** The rules of `git check-ref-format` that matter where a revision becomes a file name. */
export function isRevision(revision: string): boolean {
  if (revision === "" || revision.length > 255 || /[\s\p{Cc}~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$/u.test(revision))
    return false;
  return revision.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

// An address copied from the browser is a clear enough name.
function unpasted(ref: Ref): Pick<Ref, "name" | "revision"> {
  const [, path] = /^https?:\/\/(?:www\.)?(?:huggingface\.co|hf\.co)\/(.*?)\/?$/.exec(ref.name) ?? [];
  if (path === undefined) return ref;
  const [, name = "", rest] = /^((?:(?:dataset|space)s\/)?[^/]+(?:\/[^/]+)?)(?:\/(.*))?$/.exec(path) ?? [];
  if (rest === undefined) return { name, revision: ref.revision };
  const [, revision] = /^tree\/(.+)$/.exec(rest) ?? [];
  if (revision === undefined || ref.revision !== undefined) {
    throw badRef(
      ref,
      "it is the address of a page within a repository",
      `Write hf:${name}, and name single files in \`include\`.`,
    );
  }
  return { name, revision: decodeURIComponent(revision) };
}

// Some clients lengthen a bare name before they look into the cache.
function fullName(name: string, ref: Ref): string {
  if (name.includes("/")) return name;
  switch (ref.options["for"]) {
    case "sentence-transformers":
      return isOriginalTransformer(name) ? name : `sentence-transformers/${name}`;
    case "faster-whisper": {
      const full = Object.hasOwn(fasterWhisperSizes, name) ? fasterWhisperSizes[name] : undefined;
      if (full) return full;
      throw badRef(
        ref,
        "faster-whisper knows no such size",
        `It knows ${Object.keys(fasterWhisperSizes).join(", ")}, or any org/name.`,
      );
    }
    default:
      return name;
  }
}

// huggingface_hub's `validate_repo_id`.
function whyNoRepo(id: string): string | undefined {
  const parts = id.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > 2) return "it has more than one slash";
  if (parts.includes("")) return "a part of its name is empty";
  if (/[^A-Za-z0-9_.\-/]/.test(id)) return "only letters, digits, `_`, `.` and `-` make a name";
  if (parts.some((part) => /^[-.]|[-.]$/.test(part))) return "no part of its name may start or end with `-` or `.`";
  if (id.includes("--") || id.includes("..")) return "`--` and `..` cannot be in a name";
  if (name.length > 96) return "its name is longer than 96 characters";
  if (id.endsWith(".git")) return "it ends in `.git`";
  return undefined;
}

function badRef(ref: Ref, reason: string, hint?: string): PreloadError {
  return new PreloadError("BAD_REF", `${formatRef(ref)} cannot be a repository of the Hub: ${reason}`, {
    hint: hint ?? "A ref is hf:org/name, hf:datasets/org/name or hf:spaces/org/name, with @revision if need be.",
  });
}
