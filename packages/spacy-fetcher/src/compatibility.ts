import { PreloadError } from "@preload/core";
import { compare, explain, major, minor, valid } from "@renovatebot/pep440";
import * as z from "zod";
import { compatibilityUrl } from "./addresses.ts";
import { ask, type Source } from "./ask.ts";

/** By spaCy version, then by pipeline: the versions that fit, the best one first. */
export type Compatibility = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const schema = z.object({ spacy: z.record(z.string(), z.record(z.string(), z.array(z.string()))) });

/** Fetches the table that `spacy download` reads. */
export async function fetchCompatibility(source: Source): Promise<Compatibility> {
  const table = await ask(compatibilityUrl, schema, source);
  if (table === undefined) throw new PreloadError("BAD_ANSWER", `${compatibilityUrl} is not there`);
  return table.spacy;
}

/**
 * The table's line for a spaCy version, as `get_compatibility` in spacy/cli/download.py chooses it:
 *
 *   3.8.7       3.8            a minor line for all its patches
 *   3.8.0.dev1  3.8.0.dev1     a pre-release has a line of its own
 *   3.0.6       3.0.6          so did every patch before 3.1
 *   3.0         3.0.9          and then the newest patch is meant
 *
 * Undefined: the newest stable one.
 */
export function lineFor(version: string | undefined, table: Compatibility): string | undefined {
  const lines = Object.keys(table);
  if (version === undefined) return newestOf(lines);
  if (!valid(version)) throw new PreloadError("BAD_CONFIG", `${version} is no version of spaCy`);
  const exact = lines.find((line) => line === version) ?? lines.find((line) => isSame(line, version));
  if (exact !== undefined || isPrerelease(version)) return exact;
  const line = `${major(version)}.${minor(version)}`;
  if (lines.includes(line)) return line;
  return /^\d+\.\d+$/.test(version) ? newestOf(lines.filter((patch) => patch.startsWith(`${line}.`))) : undefined;
}

/** Every version of a pipeline that the table names, the newest first. */
export function versionsOf(name: string, table: Compatibility): readonly string[] {
  const versions = new Set(
    Object.values(table).flatMap((line) => (Object.hasOwn(line, name) ? (line[name] ?? []) : [])),
  );
  return [...versions].filter((version) => valid(version)).sort((one, other) => compare(other, one));
}

/** Every pipeline that the table names. */
export function pipelinesIn(table: Compatibility): readonly string[] {
  return [...new Set(Object.values(table).flatMap((line) => Object.keys(line)))].sort();
}

function newestOf(lines: readonly string[]): string | undefined {
  const stable = lines.filter((line) => valid(line) && !isPrerelease(line));
  return stable.sort(compare).at(-1);
}

// 3.0.0a1 and 3.0.0.alpha1 are one version.
function isSame(line: string, version: string): boolean {
  return Boolean(valid(line)) && compare(line, version) === 0;
}

/** True for 3.8.0a1, 4.0.0.dev1 and the like. */
export function isPrerelease(version: string): boolean {
  return explain(version)?.is_prerelease ?? false;
}
