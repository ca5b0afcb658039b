import type { FileEntry, Manifest } from "@preload/core";
import { type Body, sha256 } from "@preload/core/testing";

const digests = new Map<string, string>();

/** A file entry for a body. Its digest is found once, since the same large bodies come again and again. */
export function fileEntry(url: string, path: string, body: Body): FileEntry {
  const digest = digests.get(body.etag) ?? sha256(body);
  digests.set(body.etag, digest);
  return { type: "file", path, url, size: body.size, digest: `sha256:${digest}` };
}

/** A manifest of files, in no client's layout. */
export function manifestOf(entries: readonly FileEntry[]): Manifest {
  return {
    ref: "toy:model",
    options: {},
    revision: "1",
    path: entries[0]?.path ?? "",
    entries,
    leftOut: { files: 0, bytes: 0 },
    requires: [],
  };
}
