import { appendFile, mkdir, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What may be wrong with a repository in a cache, done to one that is right. */
export interface Damage {
  /** Follows on "goes red for". */
  readonly what: string;
  apply(repo: DamagedRepo): Promise<void>;
}

interface DamagedRepo {
  /** The folder of the repository. */
  readonly dir: string;
  readonly commit: string;
}

export const newlineInRef: Damage = {
  what: "a newline in a ref",
  apply: ({ dir, commit }) => writeFile(join(dir, "refs/main"), `${commit}\n`),
};

/** The file is another one of the same repository. */
export function wrongLink(path: string, other: string): Damage {
  return {
    what: "a link to another file",
    async apply({ dir, commit }) {
      await unlink(join(dir, "snapshots", commit, path));
      await symlink(other, join(dir, "snapshots", commit, path));
    },
  };
}

export const danglingLink: Damage = {
  what: "a link to nothing",
  async apply({ dir, commit }) {
    await unlink(join(dir, "snapshots", commit, "config.json"));
    await symlink("../../blobs/0000", join(dir, "snapshots", commit, "config.json"));
  },
};

export function missing(path: string): Damage {
  return { what: `a missing ${path}`, apply: ({ dir, commit }) => rm(join(dir, "snapshots", commit, path)) };
}

export function hidden(path: string): Damage {
  return {
    what: `a marker that hides ${path}`,
    async apply({ dir, commit }) {
      const marker = join(dir, ".no_exist", commit, path);
      await mkdir(dirname(marker), { recursive: true });
      await writeFile(marker, "");
    },
  };
}

/** Also where the file is only a link. */
export function longer(path: string): Damage {
  return {
    what: `one byte too many in ${path}`,
    apply: ({ dir, commit }) => appendFile(join(dir, "snapshots", commit, path), "\0"),
  };
}
