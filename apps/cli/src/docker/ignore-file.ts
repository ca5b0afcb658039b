import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CacheInContext } from "./caches-in-context.ts";
import { ignoredBy } from "./dockerignore.ts";
import { blockIn, blockText, replaced } from "./marked.ts";
import type { Flavor } from "./recipe.ts";

/** Which file says what is left out of a build context: the one beside the Dockerfile that is named after it, if there is one. */
export function ignoreFileOf(context: string, dockerfile: string, flavor: Flavor): string {
  const named = join(dirname(dockerfile), `${basename(dockerfile)}.dockerignore`);
  const other = join(context, ".containerignore");
  if (flavor === "buildkit" && existsSync(named)) return named;
  if (flavor === "buildah" && existsSync(other)) return other;
  return join(context, ".dockerignore");
}

/** What no build needs and every machine has, each with a path that tells whether it is left out. */
const always = [
  { rule: "**/.cache", path: "a/.cache/huggingface/hub/models--a--b/blobs/c" },
  { rule: "**/models--*", path: "a/models--a--b/blobs/c" },
  { rule: "**/.venv", path: "a/.venv/lib/b" },
  { rule: "**/venv", path: "a/venv/lib/b" },
  { rule: "**/.tox", path: "a/.tox/b" },
  { rule: "**/.nox", path: "a/.nox/b" },
] as const;

const head = "preload docker";

/**
 * The file with the rules that it lacks, in a block at its end, where the last word is: caches are left out, and what the
 * build needs is not. With all of them it is as it was, whoever wrote them.
 */
export function withRules(
  text: string,
  path: string,
  needed: readonly string[],
  cachesLeft: (isIgnored: (path: string) => boolean) => readonly CacheInContext[],
): string {
  const old = blockIn(text, "context", path);
  const rules = old ? old.body.split("\n").filter((line) => line !== "") : [];
  const isIgnored = ignoredBy(text, path);
  const missing = always.filter((one) => !isIgnored(one.path)).map(({ rule }) => rule);
  const soFar = (added: readonly string[]) => ignoredBy([text, ...added].join("\n"), path);
  const found = cachesLeft(soFar(missing)).map(({ path: cache }) => `/${literal(cache)}`);
  const without = soFar([...missing, ...found]);
  const back = needed.filter((file) => without(file)).map((file) => `!/${file}`);
  if (missing.length + found.length + back.length === 0) return text;
  // What is put back in comes after what is left out: the last rule that fits decides.
  const all = [...new Set([...rules, ...missing, ...found, ...back])];
  const ordered = [...all.filter((rule) => !rule.startsWith("!")), ...all.filter((rule) => rule.startsWith("!"))];
  const rest = old ? replaced(text, old, "") : text;
  const isWhole = rest === "" || rest.endsWith("\n");
  const block = blockText("context", head, ordered.map((rule) => `${rule}\n`).join(""));
  return replaced(rest, { start: rest.length, end: rest.length }, `${isWhole ? "" : "\n"}${block}`);
}

/** A path as a rule that means it alone. */
function literal(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, "\\$&");
}
