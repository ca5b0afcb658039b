import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { bytesPath, type Fixture, type FixtureFile, type FixtureRepo } from "./fixture.ts";
import type { Addresses } from "./origin/origin.ts";
import { runDir } from "./places.ts";

/** Everything a row needs to say what its sides are. */
export interface Stage {
  readonly fixture: Fixture;
  readonly addresses: Addresses;
  /** The built command line. */
  readonly cli: string;
  /** Of the environment with huggingface_hub; undefined when it could not be made. */
  readonly python: string | undefined;
  /** The authority that signed the origin's certificate. */
  readonly ca: string;
}

export function repoNamed({ fixture }: Stage, id: string): FixtureRepo {
  const repo = fixture.repos.find((candidate) => candidate.id === id);
  if (!repo) throw new Error(`there is no repository ${id}`);
  return repo;
}

export function sizeOf({ files }: FixtureRepo): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Where one side of a row writes. */
export function place(side: string, ...names: string[]): string {
  return join(runDir(), side, ...names);
}

/** @throws when a cache of the Hub's form does not hold the repository, to the last byte */
export async function checkCache(cache: string, repo: FixtureRepo): Promise<void> {
  await checkFolder(join(cache, `models--${repo.id.replace("/", "--")}`, "snapshots", repo.commit), repo, repo.files);
}

/** @throws when a folder does not hold the files, to the last byte */
export async function checkFolder(folder: string, repo: FixtureRepo, files: readonly FixtureFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path);
    const isRight = file.isLarge
      ? (await sha256Of(path)) === file.oid
      : (await readFile(path)).equals(await readFile(bytesPath(repo.id, file)));
    if (!isRight) throw new Error(`${path} is not what it should be`);
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

export function largest(files: readonly FixtureFile[]): FixtureFile {
  const [first] = [...files].sort((one, other) => other.size - one.size);
  if (!first) throw new Error("no files");
  return first;
}
