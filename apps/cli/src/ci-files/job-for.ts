import { dirname, relative } from "node:path";
import { type Config, lockPathOf, PreloadError, readLock } from "@preload/core";
import { sizeOf } from "../manifest-size.ts";
import { version } from "../version.ts";
import { type Job, quoted } from "./job.ts";
import type { Settings } from "./marks.ts";
import { nodeProject, usualNode } from "./node-project.ts";
import { pythonProject } from "./python-project.ts";

export interface Place {
  /** The project's folder. */
  readonly dir: string;
  /** The repository's root, or the project's folder where there is no repository. */
  readonly root: string;
  readonly config: Pick<Config, "path" | "dir">;
}

/**
 * What a CI's file has to say of this project: found in it, unless a flag said it.
 *
 * @throws PreloadError `USAGE` when nobody can tell how the tests are run
 */
export async function jobFor({ dir, root, config }: Place, settings: Settings): Promise<Job> {
  const python = pythonProject(dir);
  const node = nodeProject(dir);
  const tests = settings.test ?? [...(python?.tests ?? []), ...(node?.tests ?? [])];
  if (tests.length === 0) throw noTests(dir);
  const lockPath = lockPathOf(config);
  const manifests = [...((await readLock(lockPath))?.models.values() ?? [])];
  const { config: named, profile = [], only = [] } = settings;
  return {
    preload: (command) => `npx --yes @preload/cli@${version} ${command}${flagsFor(settings)}`,
    config: named,
    profiles: profile,
    only,
    node: node?.version ?? usualNode,
    python: python?.version,
    setUp: settings.setUp ?? [...(python?.setUp ?? []), ...(node?.setUp ?? [])],
    tests,
    dir: posix(relative(root, dir)) || ".",
    lock: posix(relative(root, lockPath)),
    isGated: manifests.some(({ gated }) => gated !== undefined),
    bytes: manifests.reduce((sum, manifest) => sum + sizeOf(manifest).bytes, 0),
  };
}

/** What the calls in the file say of the flags that this one was given. */
function flagsFor({ config, profile = [], only = [] }: Settings): string {
  const words = [
    ...(config === undefined ? [] : [`-c ${quoted(config)}`]),
    ...profile.map((name) => `-p ${quoted(name)}`),
    ...(only.length === 0 ? [] : [`--only ${quoted(only.join(","))}`]),
  ];
  return words.map((word) => ` ${word}`).join("");
}

function posix(path: string): string {
  return path.replaceAll("\\", "/");
}

function noTests(dir: string): PreloadError {
  return new PreloadError("USAGE", `nothing in ${dir} says how its tests are run`, {
    hint: "Say it with --test, for example --test 'python -m pytest tests'.",
  });
}

/** The folder with `.git` in it, here or above. */
export function rootOf(dir: string, exists: (path: string) => boolean): string {
  for (let folder = dir; ; folder = dirname(folder)) {
    if (exists(`${folder}/.git`)) return folder;
    if (folder === dirname(folder)) return dir;
  }
}
