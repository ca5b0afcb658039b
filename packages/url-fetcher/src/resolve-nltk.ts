import { type ArchiveEntry, didYouMean, formatRef, type Manifest, PreloadError, type Ref } from "@preload/core";
import { type Claims, contentOf } from "./claims.ts";
import type { Source } from "./file-fetcher.ts";
import { nltkBase } from "./nltk.ts";
import type { NltkPackage } from "./nltk-index.ts";
import { fileEntry, manifestOf } from "./one-file.ts";
import { noSchema, parseOptions } from "./options.ts";
import { zipEntry } from "./zip-members.ts";

/**
 * Says what a package of NLTK's data is: the tree it unpacks to, as real files, since NLTK follows no link out of its
 * folders; or the zip itself where NLTK reads from that.
 *
 * Where the index has only the md5 of a package, the zip is read once, and from then on known by its sha256.
 */
export async function resolveNltk(ref: Ref, index: readonly NltkPackage[], source: Source): Promise<Manifest> {
  parseOptions(ref, noSchema);
  const found = index.find(({ id }) => id === ref.name);
  if (!found) throw unknown(ref, index);
  const { id, subdir, size, unzip, license } = found;
  // The index of a mirror may name the mirror; the lock does not.
  const url = `${nltkBase}packages/${subdir}/${id}.zip`;
  const claims: Claims = { sha256: found.sha256_checksum, md5: found.checksum, size };
  if (claims.sha256 === undefined && claims.md5 === undefined) throw unsigned(ref);
  if (!unzip) {
    const path = `${subdir}/${id}.zip`;
    const content = await contentOf(url, ref, claims, source);
    return manifestOf(ref, { entries: [fileEntry(path, url, content)], revision: content.sha256, path, license });
  }
  const entry = await zipEntry(url, subdir, ref, claims, source);
  refuseStrays(entry, id);
  const revision = entry.digest.slice("sha256:".length);
  return manifestOf(ref, { entries: [entry], revision, path: `${subdir}/${id}`, license });
}

/** Beside it lie other packages. */
function refuseStrays({ members, url }: ArchiveEntry, id: string): void {
  const stray = members.find(({ path }) => !path.startsWith(`${id}/`));
  if (stray === undefined) return;
  throw new PreloadError("BAD_ANSWER", `${url} cannot be unpacked: ${stray.path} is outside of its package`, {
    hint: "Nothing was written. If a mirror stands in between, try --endpoint with the original one.",
  });
}

function unsigned(ref: Ref): PreloadError {
  return new PreloadError("BAD_ANSWER", `${formatRef(ref)}: the index of NLTK's data has no digest of it`, {
    hint: "If a mirror stands in between, try --endpoint with the original one.",
  });
}

function unknown(ref: Ref, index: readonly NltkPackage[]): PreloadError {
  const ids = index.map(({ id }) => id);
  const [shown, rest] = [ids.slice(0, 12), ids.length > 12 ? `, … (${ids.length} in all)` : ""];
  const near = didYouMean(ref.name, ids);
  return new PreloadError("NOT_FOUND", `${formatRef(ref)}: NLTK's data has no package ${ref.name}`, {
    hint: near.startsWith("Known") ? `Known are ${shown.join(", ")}${rest}.` : near,
  });
}
