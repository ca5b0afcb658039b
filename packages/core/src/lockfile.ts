import { PreloadError } from "./errors.ts";
import { isObject, whatIsWrong } from "./manifest-form.ts";
import type { Json, Manifest } from "./types.ts";

/** What `preload.lock` holds: for each ref, what it meant when it was locked. */
export interface Lock {
  readonly lockfileVersion: 1;
  /** Manifests by ref, in the order of the refs. */
  readonly models: ReadonlyMap<string, Manifest>;
}

export const emptyLock: Lock = { lockfileVersion: 1, models: new Map() };

/**
 * The text of a lockfile: sorted, one line for each entry, without times, machines or mirrors,
 * so that two people who lock the same models get the same bytes, and a diff shows what moved.
 */
export function formatLock(lock: Lock): string {
  const blocks = [...lock.models.keys()].sort().map((ref) => formatModel(ref, lock.models.get(ref) as Manifest));
  return `{\n  "lockfileVersion": 1,\n  "models": {${blocks.length > 0 ? `\n${blocks.join(",\n")}\n  ` : ""}}\n}\n`;
}

function formatModel(ref: string, manifest: Manifest): string {
  const { ref: _, entries, ...facts } = manifest;
  const lines = sortedEntries(facts as unknown as Json & object, byName).map(
    ([name, value]) => `      ${JSON.stringify(name)}: ${spaced(value, byName)}`,
  );
  const list = entries.map((entry) => `        ${spaced(entry as unknown as Json, whatIsLookedForFirst)}`).join(",\n");
  return `    ${JSON.stringify(ref)}: {\n${lines.join(",\n")},\n      "entries": [\n${list}\n      ]\n    }`;
}

type Comparison = (one: string, other: string) => number;

const byName: Comparison = (one, other) => (one < other ? -1 : 1);

const ranks = new Map(
  ["type", "format", "path", "target", "text", "names", "url", "size", "digest", "members"].map((key, at) => [key, at]),
);

/** The keys of an entry in one order, whoever made it. */
const whatIsLookedForFirst: Comparison = (one, other) =>
  (ranks.get(one) ?? ranks.size) - (ranks.get(other) ?? ranks.size) || byName(one, other);

function sortedEntries(value: object, comparison: Comparison): [string, Json][] {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return entries.sort(([one], [other]) => comparison(one, other));
}

/** JSON on one line, readable, the keys in one order. */
function spaced(value: Json, comparison: Comparison): string {
  if (Array.isArray(value)) return `[${value.map((inner) => spaced(inner, comparison)).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = sortedEntries(value, comparison);
  if (entries.length === 0) return "{}";
  const members = entries.map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner, comparison)}`);
  return `{ ${members.join(", ")} }`;
}

/** @throws PreloadError `BAD_CONFIG` naming the file and what is wrong with it */
export function parseLock(text: string, path: string): Lock {
  const bad = (why: string, hint = "Delete it and run `preload lock`.") =>
    new PreloadError("BAD_CONFIG", `${path}: ${why}`, { hint });
  if (/^(<{7}|={7}|>{7})/m.test(text)) {
    throw bad(
      "it holds a merge conflict",
      "Take either side, then run `preload lock`: it keeps every pin that is still wanted.",
    );
  }
  let value: unknown;
  try {
    // Some editors put a mark in front of what they save.
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw bad(`it is not JSON: ${(error as Error).message}`);
  }
  const { lockfileVersion, models } = (value ?? {}) as { lockfileVersion?: unknown; models?: unknown };
  if (typeof lockfileVersion === "number" && lockfileVersion > 1) {
    throw bad(`it has version ${lockfileVersion}, and this preload reads version 1`, "Use a newer preload.");
  }
  if (lockfileVersion !== 1) throw bad("it has no lockfileVersion");
  if (!isObject(models)) throw bad("it has no models");
  const entries = Object.entries(models).map(([ref, model]) => {
    const wrong = whatIsWrong(model);
    if (wrong !== undefined) throw bad(`${ref}: ${wrong}`);
    return [ref, { ...(model as object), ref } as Manifest] as const;
  });
  return { lockfileVersion: 1, models: new Map(entries) };
}

/** True when both ask for the same, whatever the order in which it is said. */
export function sameOptions(one: Json, other: Json): boolean {
  return spaced(one, byName) === spaced(other, byName);
}
