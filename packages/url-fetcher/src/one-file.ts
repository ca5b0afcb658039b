import { type FileEntry, formatRef, type Manifest, type Ref } from "@preload/core";
import type { Content } from "./with-bytes.ts";

/** A file whose bytes are known, at its place. */
export function fileEntry(path: string, url: string, { size, sha256 }: Content): FileEntry {
  return { type: "file", path, url, size, digest: `sha256:${sha256}` };
}

/** The manifest of a ref that is a few files and nothing else. */
export function manifestOf(
  ref: Ref,
  {
    entries,
    revision,
    path,
    license,
  }: Pick<Manifest, "entries" | "revision" | "path"> & { license?: string | undefined },
): Manifest {
  return {
    ref: formatRef(ref),
    options: ref.options,
    revision,
    ...(license === undefined ? {} : { license }),
    path,
    entries,
    leftOut: { files: 0, bytes: 0 },
    requires: [],
  };
}
