import type { Manifest, Ref } from "@preload/core";
import { claimedSha256, contentOf } from "./claims.ts";
import type { Source } from "./file-fetcher.ts";
import { fileEntry, manifestOf } from "./one-file.ts";
import { parseOptions, torchSchema } from "./options.ts";
import { checkpointPath, checkpointUrl } from "./torch.ts";

/**
 * Says which file a checkpoint is. The beginning of its sha256 is often part of its name, and holds in any case; where
 * nothing else is known it is what torch goes by itself, and the rest is found out by reading the file once.
 */
export async function resolveTorch(ref: Ref, source: Source): Promise<Manifest> {
  const { sha256, size, license } = parseOptions(ref, torchSchema);
  const url = checkpointUrl(ref);
  const path = checkpointPath(ref);
  const claims = { sha256: claimedSha256(ref, sha256), sha256Prefix: prefixIn(path), size };
  const content = await contentOf(url, ref, claims, source);
  return manifestOf(ref, { entries: [fileEntry(path, url, content)], revision: content.sha256, path, license });
}

/** `f37072fd` of `resnet18-f37072fd.pth`: torch's own expression, but for the digits it takes to say anything. */
function prefixIn(path: string): string | undefined {
  const [, digits = ""] = /-([a-f0-9]*)\./.exec(path.slice(path.lastIndexOf("/") + 1)) ?? [];
  return digits.length >= 8 ? digits : undefined;
}
