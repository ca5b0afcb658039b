import { open, rename, rm } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { finishDigest, startDigest } from "./digest.ts";
import { PreloadError } from "./errors.ts";
import { makeFolders } from "./make-folders.ts";
import { thisProcess } from "./owner.ts";
import { safePath } from "./paths.ts";
import { stopped } from "./retry.ts";
import type { ArchiveEntry, ArchiveMember } from "./types.ts";
import { openZip, type ZipMember } from "./zip.ts";

/** The name under which an archive is fetched; it is gone once the archive is unpacked. */
export function unpackPath(entry: ArchiveEntry, dir: string): string {
  return join(dir, entry.path, archiveName(entry));
}

/** `en_core_web_sm-3.8.0-py3-none-any.whl` */
export function archiveName({ url }: ArchiveEntry): string {
  return posix.basename(new URL(url).pathname) || "archive";
}

/**
 * Unpacks a verified archive beside its place, checks every member, and then swaps folder by folder.
 * `texts` are files that the manifest writes itself, so the archive's own version of them is not used.
 */
export async function unpackArchive(
  entry: ArchiveEntry,
  archive: string,
  dir: string,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  return placeTree(entry, dir, (staging) => unpackInto(entry, archive, staging, texts, signal));
}

/** The same with members that were unpacked elsewhere. */
export async function copyMembers(
  entry: ArchiveEntry,
  open: (member: ArchiveMember) => AsyncIterable<Uint8Array>,
  dir: string,
  signal?: AbortSignal,
): Promise<void> {
  return placeTree(entry, dir, async (staging) => {
    for (const member of entry.members) {
      const found = { size: member.size, open: async () => open(member) };
      await unpackMember(entry, member, found, join(staging, member.path), signal);
    }
  });
}

async function placeTree(entry: ArchiveEntry, dir: string, fill: (staging: string) => Promise<void>): Promise<void> {
  const root = join(dir, entry.path);
  const staging = join(root, `.preload-${thisProcess()}-${entry.digest.slice(-12)}`);
  await rm(staging, { recursive: true, force: true });
  try {
    await fill(join(staging, "new"));
    makeFolders(join(staging, "old"));
    for (const top of topFolders(entry))
      await swap(join(root, top), join(staging, "new", top), join(staging, "old", top));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function unpackInto(
  entry: ArchiveEntry,
  archive: string,
  staging: string,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(archive, "r");
  try {
    const source = {
      size: (await file.stat()).size,
      async read(offset: number, length: number) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
    };
    const zip = await openZip(source, entry.url);
    const promised = new Map(entry.members.map((member) => [member.path, member]));
    for (const found of zip.members) {
      const path = safePath(found.path);
      const member = promised.get(path);
      if (!member && !texts.includes(join(entry.path, path))) throw unexpected(entry, `${path} is not in its list`);
      if (member) await unpackMember(entry, member, found, join(staging, path), signal);
      promised.delete(path);
    }
    const [missing] = promised.keys();
    if (missing !== undefined) throw unexpected(entry, `${missing} is not in it`);
  } finally {
    await file.close();
  }
}

async function unpackMember(
  entry: ArchiveEntry,
  member: ArchiveMember,
  found: Pick<ZipMember, "size" | "open">,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Before it fills the disk.
  if (found.size !== member.size) {
    const sizes = `expected ${member.size} bytes  received ${found.size}`;
    throw unexpected(entry, `${member.path} is not as its list says\n  ${sizes}`);
  }
  makeFolders(dirname(path));
  const hash = startDigest(member.digest, member.size);
  const file = await open(path, "wx");
  try {
    for await (const chunk of await found.open()) {
      if (signal?.aborted) throw stopped(signal);
      hash.update(chunk);
      await file.write(chunk);
    }
    // Before the tree gets its name, or a loss of power could leave the name and not the bytes.
    await file.datasync();
  } finally {
    await file.close();
  }
  const received = finishDigest(hash, member.digest);
  if (received !== member.digest) {
    throw unexpected(
      entry,
      `${member.path} is not as its list says\n  expected ${member.digest}  received ${received}`,
    );
  }
}

function unexpected(entry: ArchiveEntry, why: string): PreloadError {
  return new PreloadError("BAD_ANSWER", `${archiveName(entry)}: ${why}`, {
    hint: "Nothing of it was installed.",
  });
}

function topFolders(entry: ArchiveEntry): string[] {
  return [...new Set(entry.members.map((member) => member.path.split("/")[0] ?? member.path))];
}

/** Two renames, between which the old one is out of the way but not gone. */
async function swap(place: string, fresh: string, old: string): Promise<void> {
  const had = await moved(place, old);
  try {
    await rename(fresh, place);
  } catch (error) {
    if (had) await rename(old, place);
    throw error;
  }
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
