import type { Digest, Manifest } from "@preload/core";

/** Bytes of a model, and where they belong. */
export interface Piece {
  /** Relative to the client's directory. */
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** A model of the lock, and the client's directory. */
export interface Model {
  readonly ref: string;
  readonly manifest: Manifest;
  readonly dir: string;
}

/**
 * All bytes that the lock names of a model, file by file. Links, refs and markers are not among them: they are known from
 * the lock, so that what the cache says of them is never asked for.
 */
export function piecesOf({ entries }: Manifest): Piece[] {
  return entries.flatMap((entry): Piece[] => {
    if (entry.type === "file") return [{ path: entry.path, size: entry.size, digest: entry.digest }];
    if (entry.type !== "archive") return [];
    return entry.members.map(({ path, size, digest }) => ({ path: within(entry.path, path), size, digest }));
  });
}

/** What a piece is called in an entry: after its bytes, so that no name of an entry is ever a place. */
export function nameOf({ digest, size }: Pick<Piece, "digest" | "size">): string {
  return `${digest.replace(":", "-")}-${size}`;
}

function within(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}
