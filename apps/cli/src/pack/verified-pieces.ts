import { open } from "node:fs/promises";
import { finishDigest, PreloadError, startDigest } from "@preload/core";
import { piecesOf } from "./bytes.ts";
import type { Content } from "./tree.ts";

/**
 * The bytes of a file in pieces, ending with an error unless they are what was promised: size and digest.
 * A piece is good until the second one after it is asked for.
 *
 * @throws PreloadError `CORRUPT` naming the file, `ABORTED`
 */
export async function* verifiedPieces(
  path: string,
  { size, digest }: Pick<Content, "size" | "digest">,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const hash = startDigest(digest, size);
  const file = await open(path, "r");
  try {
    const found = (await file.stat()).size;
    if (found !== size) throw notAsPromised(path, `${size} bytes`, `${found} bytes`);
    for await (const piece of piecesOf(file, { at: 0, size }, path)) {
      throwIfStopped(signal);
      hash.update(piece);
      yield piece;
    }
    const received = finishDigest(hash, digest);
    if (received !== digest) throw notAsPromised(path, digest, received);
  } finally {
    await file.close();
  }
}

/** @throws PreloadError what the signal was given, or `ABORTED` */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted)
    throw signal.reason instanceof PreloadError ? signal.reason : new PreloadError("ABORTED", "stopped");
}

function notAsPromised(path: string, expected: string, found: string): PreloadError {
  return new PreloadError("CORRUPT", `${path} is not what the lock says\n  expected ${expected}  found ${found}`, {
    hint: "Run `preload verify --deep --fix`; it fetches what is broken.",
  });
}
