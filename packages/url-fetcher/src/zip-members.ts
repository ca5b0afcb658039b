import { createHash } from "node:crypto";
import {
  type ArchiveEntry,
  type ArchiveMember,
  formatRef,
  openZip,
  PreloadError,
  type Ref,
  safePath,
  stopped,
} from "@preload/core";
import { type Claims, hold } from "./claims.ts";
import type { Source } from "./file-fetcher.ts";
import { type Bytes, withBytes } from "./with-bytes.ts";

/**
 * The entry of a zip and all that it unpacks to, each with its sha256. The list inside of a zip has no digests, only
 * checksums, so the archive is read once when it is locked; from then on a directory can be verified without it, and
 * without the network. An archive that was locked before and has not changed is not read again.
 *
 * @param path the folder it is unpacked into
 */
export async function zipEntry(
  url: string,
  path: string,
  ref: Ref,
  claims: Claims,
  source: Source,
): Promise<ArchiveEntry> {
  const known = knownEntry(url, claims, source);
  if (known) return { ...known, path };
  return withBytes(url, ref, source, async (bytes) => {
    hold(url, ref, claims, bytes);
    return {
      type: "archive",
      format: "zip",
      path,
      url,
      size: bytes.size,
      digest: `sha256:${bytes.sha256}`,
      members: await membersIn(bytes, url, ref, source.signal),
    };
  });
}

function knownEntry(url: string, { sha256 }: Claims, { known }: Source): ArchiveEntry | undefined {
  return known?.entries.find(
    (entry): entry is ArchiveEntry =>
      entry.type === "archive" && entry.format === "zip" && entry.url === url && entry.digest === `sha256:${sha256}`,
  );
}

async function membersIn(
  bytes: Bytes,
  url: string,
  ref: Ref,
  signal: AbortSignal | undefined,
): Promise<ArchiveMember[]> {
  const zip = await openZip(bytes, url);
  try {
    const members: ArchiveMember[] = [];
    for (const { path, size, open } of zip.members) {
      safePath(path, "win32");
      const hash = createHash("sha256");
      for await (const chunk of await open()) {
        if (signal?.aborted) throw stopped(signal);
        hash.update(chunk);
      }
      members.push({ path, size, digest: `sha256:${hash.digest("hex")}` });
    }
    if (members.length > 0) return members.sort((one, other) => (one.path < other.path ? -1 : 1));
  } finally {
    zip.close();
  }
  throw new PreloadError("BAD_ANSWER", `${formatRef(ref)}: ${url} is an empty archive`);
}
