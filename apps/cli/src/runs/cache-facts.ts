import { readFileSync } from "node:fs";
import { codeOf, PreloadError } from "@preload/core";

/** What a CI knows of its cache and a run does not. Everything may be left out. */
export interface CacheFacts {
  /** Bytes that the CI keeps of a repository. */
  readonly budget?: number;
  /** Bytes that the entries of these models take. */
  readonly size?: number;
  readonly entries?: readonly CacheFact[];
}

/** An entry of `preload ci-key --json`, and what became of it. */
export interface CacheFact {
  readonly key: string;
  /** The models in it. */
  readonly refs: readonly string[];
  /** Whether this key was found, or one that begins alike. */
  readonly restored: "exact" | "older" | "none";
  /** That it took to restore it. */
  readonly milliseconds?: number;
  readonly saved?: boolean;
}

/** @throws PreloadError `USAGE` */
export function readCacheFacts(path: string): CacheFacts {
  const value = readJson(path, "--cache-facts");
  if (isFacts(value)) return value;
  throw new PreloadError("USAGE", `--cache-facts ${path}: these are no facts of a cache`, {
    hint: 'For example {"budget": 10000000000, "entries": [{"key": "…", "refs": ["hf:org/model"], "restored": "exact"}]}.',
  });
}

/** The document in a file that an option names. @throws PreloadError `USAGE` */
export function readJson(path: string, option: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new PreloadError("USAGE", `${option} ${path}: it cannot be read (${codeOf(error) ?? error})`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PreloadError("USAGE", `${option} ${path}: it is not JSON: ${(error as Error).message}`);
  }
}

function isFacts(value: unknown): value is CacheFacts {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { budget, size, entries = [] } = value as Record<string, unknown>;
  return [budget, size].every(isAmount) && Array.isArray(entries) && entries.every(isFact);
}

function isFact(value: unknown): boolean {
  const { key, refs, restored, milliseconds, saved } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof key === "string" &&
    Array.isArray(refs) &&
    refs.every((ref) => typeof ref === "string") &&
    ["exact", "older", "none"].includes(restored as string) &&
    isAmount(milliseconds) &&
    ["undefined", "boolean"].includes(typeof saved)
  );
}

function isAmount(value: unknown): boolean {
  return value === undefined || (typeof value === "number" && value >= 0);
}
