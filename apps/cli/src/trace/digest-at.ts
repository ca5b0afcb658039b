import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PreloadError, type Ref, type RefOptions } from "@preload/core";
import { inventories } from "../inventory.ts";
import type { Session } from "../session.ts";

/**
 * The digest that a config has to say of a file whose publisher says none, read from the copy that the run left in its
 * client's cache; nothing for what needs none.
 */
export async function digestAt(ref: Ref, { fetchers }: Session): Promise<RefOptions> {
  const fetcher = fetchers[ref.scheme];
  if (fetcher === undefined || !needsDigest(ref)) return {};
  const isOwn = fetcher.owns?.(ref, "") ?? (() => false);
  const held = (inventories[ref.scheme]?.(fetcher.dir) ?? []).flatMap(({ files }) => files);
  const file = held.find(({ path }) => isOwn(path));
  if (file === undefined) {
    throw new PreloadError("MISSING", `its sha256 has to stand beside it, and ${fetcher.dir} has no copy to read`);
  }
  const hash = createHash("sha256");
  await pipeline(createReadStream(join(fetcher.dir, file.path)), hash);
  return { sha256: hash.digest("hex") };
}

/** Tables know the digests of names. Of torch's files, some names begin to tell. */
function needsDigest({ scheme, name }: Ref): boolean {
  if (scheme === "torch") return !/-[a-f0-9]{8,}\./.test(name);
  return scheme === "tiktoken" && /^https?:/.test(name);
}
