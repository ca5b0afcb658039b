import { formatRef, PreloadError, type Ref, sameOptions, sizeOf } from "@preload/core";
import type { Source } from "./file-fetcher.ts";
import { type Content, withBytes } from "./with-bytes.ts";

/** What somebody says of a file's bytes. One that is a digest has to be among them, and all of them have to hold. */
export interface Claims {
  readonly sha256?: string | undefined;
  /** Part of the name of some files. */
  readonly sha256Prefix?: string | undefined;
  readonly sha1?: string | undefined;
  readonly md5?: string | undefined;
  /** In bytes. */
  readonly size?: number | undefined;
}

/**
 * The size and the sha256 of a file, as a manifest needs them. With a sha256 the file itself is not fetched.
 * An older digest says as much about the bytes, but cannot be verified by everybody: the file is read once, held against
 * what was claimed, and from then on known by its sha256.
 *
 * @throws PreloadError `BAD_CONFIG` without a digest, `DIGEST_MISMATCH`
 */
export async function contentOf(url: string, ref: Ref, claims: Claims, source: Source): Promise<Content> {
  const { sha256, size } = claims;
  if (sha256 !== undefined) {
    hold(url, ref, claims, { sha256 });
    return { sha256, size: size ?? (await sizeOf(url, formatRef(ref), source)) };
  }
  refuseNoClaim(ref, claims);
  const known = knownContent(url, ref, source);
  if (known) return known;
  return withBytes(url, ref, source, async (bytes) => {
    hold(url, ref, claims, bytes);
    return { sha256: bytes.sha256, size: bytes.size };
  });
}

/** Asked for in the same words, the same digest was claimed, and the bytes were read then. */
function knownContent(url: string, ref: Ref, { known }: Source): Content | undefined {
  if (!known || known.ref !== formatRef(ref) || !sameOptions(known.options, ref.options)) return undefined;
  const entry = known.entries.find((one) => one.type === "file" || one.type === "archive");
  if (entry?.url !== url || !entry.digest.startsWith("sha256:")) return undefined;
  return { sha256: entry.digest.slice("sha256:".length), size: entry.size };
}

/** @throws PreloadError `DIGEST_MISMATCH` unless every claim is true of what was received */
export function hold(
  url: string,
  ref: Ref,
  claims: Claims,
  received: { readonly sha256: string; readonly sha1?: string; readonly md5?: string; readonly size?: number },
): void {
  const pairs = [
    ["sha256", claims.sha256, received.sha256],
    ["sha256", claims.sha256Prefix, claims.sha256Prefix && received.sha256.slice(0, claims.sha256Prefix.length)],
    ["sha1", claims.sha1, received.sha1],
    ["md5", claims.md5, received.md5],
    ["size", claims.size, received.size],
  ] as const;
  for (const [kind, expected, actual] of pairs) {
    if (expected === undefined || actual === undefined || expected === actual) continue;
    throw new PreloadError(
      "DIGEST_MISMATCH",
      `${formatRef(ref)}: the file is not what it should be\n  expected ${kind} ${expected}  received ${actual}\n  from ${url}`,
      { hint: "Nothing was written. If it was replaced on purpose, change what is said of it." },
    );
  }
}

/** @throws PreloadError `BAD_CONFIG` when the ref and the option disagree */
export function claimedSha256(ref: Ref, option: string | undefined): string | undefined {
  if (option === undefined || ref.revision === undefined || option === ref.revision) return option ?? ref.revision;
  throw new PreloadError("BAD_CONFIG", `${formatRef(ref)}: its sha256 beside it is ${option}`, {
    hint: "Say it once.",
  });
}

/** A file of which nobody says what it is cannot be told from another. @throws PreloadError `BAD_CONFIG` */
export function refuseNoClaim(ref: Ref, { sha256, sha256Prefix, sha1, md5 }: Claims): void {
  if ((sha256 ?? sha256Prefix ?? sha1 ?? md5) !== undefined) return;
  throw new PreloadError("BAD_CONFIG", `${formatRef(ref)}: a file needs its sha256 beside it`, {
    hint: `sha256sum prints it for a copy you trust: { ref: "${formatRef(ref)}", sha256: … }.`,
  });
}
