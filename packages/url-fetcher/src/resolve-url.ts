import type { Manifest, Ref } from "@preload/core";
import { addressOf } from "./address.ts";
import { type Claims, claimedSha256, contentOf, refuseNoClaim } from "./claims.ts";
import type { Source } from "./file-fetcher.ts";
import { fileEntry, manifestOf } from "./one-file.ts";
import { parseOptions, urlSchema } from "./options.ts";
import { targetOf } from "./target.ts";
import { zipEntry } from "./zip-members.ts";

/** Says what is at an address: a file, or with `unzip` the files that it unpacks to. */
export async function resolveUrl(ref: Ref, source: Source): Promise<Manifest> {
  const { unzip = false, license, sha256, sha1, md5, size } = parseOptions(ref, urlSchema);
  const url = addressOf(ref);
  const path = targetOf(ref);
  const claims: Claims = { sha256: claimedSha256(ref, sha256), sha1, md5, size };
  refuseNoClaim(ref, claims);
  if (unzip) {
    const entry = await zipEntry(url, path, ref, claims, source);
    return manifestOf(ref, { entries: [entry], revision: entry.digest.slice("sha256:".length), path, license });
  }
  const content = await contentOf(url, ref, claims, source);
  return manifestOf(ref, { entries: [fileEntry(path, url, content)], revision: content.sha256, path, license });
}
