import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { type Config, makeFolders, onDisk, PreloadError } from "@preload/core";
import { difference } from "../difference.ts";
import { type Rewrite, textAt } from "../edit/write-together.ts";
import { cis } from "./cis.ts";
import { indented, type Job } from "./job.ts";
import { jobFor, rootOf } from "./job-for.ts";
import { findMarked, type Marked, marked, replaced, type Settings } from "./marks.ts";
import type { CiName } from "./names.ts";

/** What a CI's file is to become. */
export interface CiFile extends Rewrite {
  /** The whole file as it has to be; `before` is what is there. */
  readonly after: string;
  /** The generated part by itself, as --stdout prints it. */
  readonly part: string;
  /** Seen from the root of the repository. */
  readonly name: string;
  readonly job: Job;
}

export interface CiFileOptions {
  readonly ci: CiName;
  readonly cwd: string;
  /** Where the config is, or will be. */
  readonly config: Pick<Config, "path" | "dir">;
  /** What the flags say; the rest is as it was said when the part was last written. */
  readonly settings: Settings;
  /** @default where the CI looks */
  readonly file?: string | undefined;
}

/**
 * Works out a CI's file: a new one, or the one that is there with its part written anew, and nothing else touched.
 *
 * @throws PreloadError `USAGE` for a file without marks, which is somebody's own
 */
export async function ciFile({ ci, cwd, config, settings, file }: CiFileOptions): Promise<CiFile> {
  const known = cis[ci];
  const root = rootOf(cwd, existsSync);
  const path = file === undefined ? resolve(root, known.path) : resolve(cwd, file);
  const name = relative(root, path).replaceAll("\\", "/");
  const before = await textAt(path);
  const found = before === undefined ? undefined : findMarked(before, path, ci);
  const said = { ...found?.settings, ...settings };
  const job = await jobFor({ dir: cwd, root, config }, said);
  const here = job.dir === "." ? said : { ...said, in: job.dir };
  const part = marked(known.part(job), { comment: known.comment, ci, settings: here });
  const whole = () => known.around(indented(part, known.indent));
  // An empty file is nobody's.
  const isNew = before === undefined || before.trim() === "";
  const after = found ? replaced(found, part) : isNew ? whole() : before;
  return { path, name, before, after, part, job };
}

/** @throws PreloadError `USAGE` for the part of another folder of the repository, which would be lost */
function refuseOther({ text, settings: { in: other = "." } }: Marked, dir: string, path: string): void {
  // Between marks that somebody has just put there is nothing.
  const isEmpty = text.trim().split("\n").length <= 2;
  if (isEmpty || other === dir) return;
  const whose = (folder: string) => (folder === "." ? "the root of the repository" : folder);
  throw new PreloadError("USAGE", `${path} has the part for ${whose(other)}, and this is ${whose(dir)}`, {
    hint: "Name another file with --ci-file.",
  });
}

/** @throws PreloadError `USAGE` for a file that is somebody's own: nothing in it says where our part would go */
export function refuseUnmarked({ path, before, part, job }: CiFile, ci: CiName): void {
  if (before === undefined || before.trim() === "") return;
  const found = findMarked(before, path, ci);
  if (found) {
    refuseOther(found, job.dir, path);
    return;
  }
  const [begin = "", end = ""] = [part.split("\n", 1)[0], part.slice(part.lastIndexOf("\n") + 1)];
  throw new PreloadError("USAGE", `${path} is there, and has no part of ours`, {
    hint: `Put the lines "${begin}" and "${end}" where it is to go (${cis[ci].place}), name another file with --ci-file, or print the part with --stdout.`,
  });
}

/** What differs between the part that is there and the one that would be written; empty when nothing does. */
export function driftOf({ name, before = "", after }: CiFile): string {
  return difference(name, before, after);
}

/** Makes the folders in which the file will be. */
export async function makeRoom({ path }: CiFile): Promise<void> {
  await onDisk(path, async () => makeFolders(dirname(path)));
}
