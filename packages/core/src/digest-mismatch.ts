import { publicUrl } from "./addresses.ts";
import { PreloadError } from "./errors.ts";
import type { Digest } from "./types.ts";
import { whatItIs } from "./what-it-is.ts";

export const discardedHint =
  "The bytes were discarded. If a mirror or proxy stands in between, try --endpoint with the original address.";

/** @param head the first bytes that came instead */
export function digestMismatch(
  source: { readonly url: string; readonly size: number; readonly digest: Digest },
  received: Digest,
  head: Uint8Array,
  path: string,
): PreloadError {
  const facts = `${path}  expected ${source.digest}  received ${received} (${source.size} bytes)`;
  return new PreloadError(
    "DIGEST_MISMATCH",
    `the bytes are not the promised ones\n  ${facts}\n  from ${publicUrl(source.url)}${whatItIs(head)}`,
    { hint: discardedHint },
  );
}
