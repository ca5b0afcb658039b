import { closeSync, openSync, writeSync } from "node:fs";
import { chmod, chown, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mountAt } from "../world/mount.ts";
import type { Row, Site } from "./disk.ts";

const megabyte = 1024 * 1024;

export const rows: readonly Row[] = [
  {
    fault: "nothing at all",
    arrange: async () => ({}),
    exit: 0,
    told: "",
  },
  {
    fault: "too small from the beginning",
    mounts: true,
    async arrange(site) {
      const disk = await small(site, 30 * megabyte);
      return { heal: () => disk.change(`size=${200 * megabyte}`), end: disk.unmount };
    },
    exit: 7,
    says: /needs \d+ bytes more and has \d+ free/,
    told: "before a byte of that model is fetched, with how many bytes are needed and free",
  },
  {
    fault: "full when half of it is there, because another program fills it",
    mounts: true,
    async arrange(site) {
      const disk = await small(site, 100 * megabyte);
      const other = join(site.user.home, "other");
      return { during: () => fill(other), heal: () => rm(other), end: disk.unmount };
    },
    exit: 7,
    says: /the disk is full \(ENOSPC\)/,
    told: "what came is kept and continued",
  },
  {
    fault: "a directory that may not be written",
    async arrange({ user }) {
      await ownFolder(user.hub, user.home);
      await chmod(user.hub, 0o555);
      return { heal: () => chmod(user.hub, 0o755) };
    },
    exit: 7,
    says: /permission denied \(EACCES\)/,
    told: "permission denied, with the path and what to look at; the other models are installed",
  },
  {
    fault: "a directory that may not even be looked at",
    async arrange({ user }) {
      await ownFolder(user.hub, user.home);
      await chmod(user.hub, 0o000);
      return { heal: () => chmod(user.hub, 0o755) };
    },
    exit: 7,
    says: /(cannot be looked at|permission denied) \(?.*EACCES/,
    told: "likewise; never taken for missing",
  },
  {
    fault: "a directory that belongs to somebody else",
    mounts: true,
    async arrange({ user }) {
      await mkdir(user.hub, { recursive: true, mode: 0o755 });
      return { heal: () => give(user.hub, user.home) };
    },
    exit: 7,
    says: /permission denied \(EACCES\)/,
    told: "likewise",
  },
  {
    fault: "a file system that is mounted read-only",
    mounts: true,
    async arrange(site) {
      const disk = await small(site, 200 * megabyte);
      await disk.change("ro");
      return { heal: () => disk.change("rw"), end: disk.unmount };
    },
    exit: 7,
    says: /the file system is read-only \(EROFS\)/,
    told: "the file system is read-only",
  },
  {
    fault: "a state directory that may not be written",
    async arrange({ user }) {
      const state = join(user.home, "state");
      await ownFolder(state, user.home);
      await chmod(state, 0o555);
      return { heal: () => chmod(state, 0o755) };
    },
    exit: 0,
    told: "the next run reads every byte again",
  },
  {
    fault: "a state directory, and a directory for temporary files, each on a device of its own",
    mounts: true,
    async arrange({ root, user }) {
      const state = await mountAt(join(root, "state"), 10 * megabyte);
      const temporary = await mountAt(join(root, "temporary"), 10 * megabyte);
      await give(join(root, "state"), user.home);
      await give(join(root, "temporary"), user.home);
      return {
        env: { PRELOAD_STATE_DIR: join(root, "state"), TMPDIR: join(root, "temporary") },
        async end() {
          await state.unmount();
          await temporary.unmount();
        },
      };
    },
    exit: 0,
    told: "nothing is ever renamed across devices",
  },
  {
    fault: "each cache on a device of its own",
    mounts: true,
    async arrange({ user }) {
      const folders = [user.hub, user.whisper, user.spacy];
      for (const folder of folders) await ownFolder(folder, user.home);
      const disks = await Promise.all(folders.map((folder) => mountAt(folder, 100 * megabyte)));
      for (const folder of folders) await give(folder, user.home);
      return {
        async end() {
          for (const disk of disks) await disk.unmount();
        },
      };
    },
    exit: 0,
    told: "likewise",
  },
  {
    fault: "a file where a directory should be",
    async arrange({ user }) {
      await ownFolder(dirname(user.hub), user.home);
      await writeFile(user.hub, "mine");
      return { heal: () => rm(user.hub) };
    },
    exit: 4,
    says: /something else is in its place \(E(NOTDIR|EXIST)\)/,
    told: "it is left alone, and named",
  },
  {
    fault: "a directory where a file should be",
    async arrange({ user, demo }) {
      const place = join(user.whisper, demo.catalog.whisper[0]?.file ?? "");
      await ownFolder(place, user.home);
      await writeFile(join(place, "mine.txt"), "mine");
      return { heal: () => rename(place, join(user.home, "mine")) };
    },
    exit: 4,
    says: /is a folder, and a file should be there/,
    told: "it is left alone, and named",
  },
  {
    fault: "the directory is removed while it is written",
    async arrange({ user }) {
      return { during: () => rm(user.hub, { recursive: true, force: true, maxRetries: 50 }) };
    },
    exit: 4,
    says: /its folder is not there \(ENOENT\)|the directory changed while it was written/,
    told: "said to be so; the next run fetches anew",
  },
  {
    fault: "a name that is too long",
    arrange: async ({ user }) => ({ env: { HF_HUB_CACHE: join(user.home, "x".repeat(300)) } }),
    exit: 7,
    says: /the name is too long \(ENAMETOOLONG\)/,
    told: "the name is too long",
  },
  {
    fault: "files in place of symbolic links (`HF_HUB_DISABLE_SYMLINKS=1`)",
    arrange: async () => ({ env: { HF_HUB_DISABLE_SYMLINKS: "1" } }),
    exit: 0,
    told: "a later run with links takes them as they are",
  },
];

async function small({ user }: Site, size: number) {
  const owner = await stat(user.home);
  const disk = await mountAt(user.home, size);
  await chown(user.home, owner.uid, owner.gid);
  return disk;
}

/** Makes a folder and those above it, for whoever owns the home. */
async function ownFolder(folder: string, home: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let path = folder; path.startsWith(home); path = dirname(path)) await give(path, home);
}

async function give(path: string, home: string): Promise<void> {
  const { uid, gid } = await stat(home);
  for (let above = path; above.startsWith(home); above = dirname(above)) await chown(above, uid, gid);
  await chown(path, uid, gid);
}

/** Writes until nothing more goes in. */
function fill(path: string): void {
  const file = openSync(path, "w");
  const piece = Buffer.alloc(megabyte);
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(file);
  }
}
