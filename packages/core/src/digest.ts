import { createHash, type Hash } from "node:crypto";
import type { Digest } from "./types.ts";

/** A running digest of the kind that `digest` names. The size matters: git puts it in front of the content. */
export function startDigest(digest: Digest, size: number): Hash {
  return digest.startsWith("sha256:") ? createHash("sha256") : createHash("sha1").update(`blob ${size}\0`);
}

/** The finished digest, in the form of the expected one. */
export function finishDigest(hash: Hash, like: Digest): Digest {
  const kind = like.startsWith("sha256:") ? "sha256" : "git-sha1";
  return `${kind}:${hash.digest("hex")}`;
}

/** The digest of bytes in memory, of the same kind as `like`. */
export function digestOf(bytes: Uint8Array, like: Digest): Digest {
  return finishDigest(startDigest(like, bytes.byteLength).update(bytes), like);
}

export function isDigest(text: string): text is Digest {
  return /^(sha256:[0-9a-f]{64}|git-sha1:[0-9a-f]{40})$/.test(text);
}

/** The bare hexadecimal part. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}
