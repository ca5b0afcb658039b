import { createHash } from "node:crypto";
import { didYouMean, formatRef, type Manifest, PreloadError, type Ref } from "@preload/core";
import { addressOf, isAddress } from "./address.ts";
import { claimedSha256, contentOf } from "./claims.ts";
import { cacheName, type EncodingFile, encodings } from "./encodings.ts";
import type { Source } from "./file-fetcher.ts";
import { fileEntry, manifestOf } from "./one-file.ts";
import { parseOptions, tiktokenSchema } from "./options.ts";

/** Says which files an encoding is. What OpenAI publishes is known without asking anybody. */
export async function resolveTiktoken(ref: Ref, source: Source): Promise<Manifest> {
  const { sha256, size, license } = parseOptions(ref, tiktokenSchema);
  const claimed = claimedSha256(ref, sha256);
  if (isAddress(ref)) {
    const url = addressOf(ref);
    const content = await contentOf(url, ref, { sha256: claimed, size }, source);
    return manifestOfFiles(ref, [{ url, ...content }], license);
  }
  const files = Object.hasOwn(encodings, ref.name) ? encodings[ref.name] : undefined;
  if (!files) throw unknown(ref);
  if (claimed !== undefined && files.some((file) => file.sha256 !== claimed)) throw notTheOneRead(ref, claimed);
  return manifestOfFiles(ref, files, license ?? "MIT");
}

function manifestOfFiles(ref: Ref, files: readonly EncodingFile[], license: string | undefined): Manifest {
  const entries = files.map((file) => fileEntry(cacheName(file.url), file.url, file));
  const digests = files.map(({ sha256 }) => sha256);
  const [only] = digests;
  const revision = digests.length === 1 ? only : createHash("sha256").update(digests.join("\n")).digest("hex");
  return manifestOf(ref, { entries, revision: revision ?? "", path: entries[0]?.path ?? "", license });
}

function unknown(ref: Ref): PreloadError {
  return new PreloadError("NOT_FOUND", `${formatRef(ref)}: unknown encoding ${ref.name}`, {
    hint: `${didYouMean(ref.name, Object.keys(encodings))} Another one needs its address and its sha256: tiktoken:https://….`,
  });
}

function notTheOneRead(ref: Ref, claimed: string): PreloadError {
  return new PreloadError(
    "REVISION_NOT_FOUND",
    `${formatRef(ref)}: tiktoken.get_encoding(${JSON.stringify(ref.name)}) accepts only its own files\n  asked for ${claimed}`,
    { hint: `Write tiktoken:${ref.name}.` },
  );
}
