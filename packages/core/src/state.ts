import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { codeOf, isMissing, PreloadError } from "./errors.ts";
import { sameOptions } from "./lockfile.ts";
import { isObject, whatIsWrong } from "./manifest-form.ts";
import { namesIn } from "./maybe-there.ts";
import type { Manifest, RefOptions } from "./types.ts";
import { writeNote } from "./write-note.ts";

/** A model that was installed before any lock named it, as it was then. */
export interface Remembered {
  /** The fetcher's directory at that time. */
  readonly dir: string;
  readonly manifest: Manifest;
  /** The lock that was to name it. Undefined for what was installed by hand, which no lock answers for. */
  readonly lock?: string;
}

/**
 * Keeps a manifest, so that later runs know what completeness means. A failure to write is ignored.
 * What was once installed by hand stays so, whichever lock names it as well.
 */
export function remember(stateDir: string, dir: string, manifest: Manifest, lock?: string): void {
  const path = pathOf(stateDir, dir, manifest.ref, manifest.options);
  try {
    const before = lock === undefined ? undefined : read(path);
    const isByHand = lock === undefined || (before !== undefined && before.lock === undefined);
    const note: Remembered = { dir, manifest, ...(isByHand ? {} : { lock }) };
    writeNote(path, JSON.stringify(note));
  } catch {
    // The models are in place all the same.
  }
}

/** The manifest of an earlier install into this directory, asked for in the same words. */
export function recall(stateDir: string, dir: string, ref: string, options: RefOptions): Manifest | undefined {
  const found = read(pathOf(stateDir, dir, ref, options));
  return found && found.manifest.ref === ref && sameOptions(found.manifest.options, options)
    ? found.manifest
    : undefined;
}

/** Everything that was installed by hand, without a lock. */
export function allRemembered(stateDir: string): Remembered[] {
  return allNotes(stateDir).filter(({ lock }) => lock === undefined);
}

/** The same, and what was installed for a lock that was written only afterwards. */
export function allNotes(stateDir: string): Remembered[] {
  return namesIn(join(stateDir, "manifests"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => read(join(stateDir, "manifests", name)))
    .filter((found) => found !== undefined);
}

/** When a model was last installed by hand: milliseconds since 1970. */
export function rememberedAt(stateDir: string, { dir, manifest }: Remembered): number | undefined {
  const path = pathOf(stateDir, dir, manifest.ref, manifest.options);
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

export function forget(stateDir: string, { dir, manifest }: Remembered): void {
  rmSync(pathOf(stateDir, dir, manifest.ref, manifest.options), { force: true });
}

function pathOf(stateDir: string, dir: string, ref: string, options: RefOptions): string {
  const sortedOptions = Object.entries(options).sort(([one], [other]) => (one < other ? -1 : 1));
  const key = createHash("sha256")
    .update(JSON.stringify([dir, ref, sortedOptions]))
    .digest("hex")
    .slice(0, 32);
  return join(stateDir, "manifests", `${key}.json`);
}

function read(path: string): Remembered | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    const isWhole = isObject(value) && typeof value.dir === "string" && whatIsWrong(value.manifest) === undefined;
    return isWhole ? (value as unknown as Remembered) : undefined;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw new PreloadError("NOT_WRITABLE", `${path} cannot be read (${codeOf(error)})`, {
      hint: "It was written by another user; give it to this one, or name another place in PRELOAD_STATE_DIR.",
    });
  }
}
