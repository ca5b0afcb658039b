import { join } from "node:path";
import { codeOf, PreloadError } from "@preload/core";
import type { Cache } from "./cache.ts";
import { clear } from "./clear.ts";
import type { Entry, Found } from "./entries.ts";
import { layOut } from "./lay-out.ts";
import { keyAfter } from "./ordinal.ts";
import type { Stage } from "./stage.ts";

/** What came of saving an entry. */
export type Saved =
  | { readonly state: "saved"; readonly key: string }
  /** Somebody else has saved it, or is about to. */
  | { readonly state: "there"; readonly key: string }
  | { readonly state: "refused"; readonly key: string; readonly why: string };

interface SaveOptions {
  readonly cache: Cache;
  readonly stage: Stage;
  readonly signal: AbortSignal;
}

/**
 * Saves an entry whose models have just been verified, unless the cache has it. A service shows an entry to others
 * only when all of it was uploaded, so that a process that is killed meanwhile leaves none.
 */
export async function save(entry: Entry, found: Found, { cache, stage, signal }: SaveOptions): Promise<Saved> {
  const key = keyAfter(entry.key, found.state === "bad" ? found.key : undefined);
  const { key: there, trouble } = await cache.lookUp(entry.folder, { first: key, others: [] });
  if (there === key) return { state: "there", key };
  if (trouble !== undefined) return { state: "refused", key, why: trouble };
  const folder = join(stage.dir, entry.folder);
  try {
    layOut(folder, entry.models);
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    const saved = await cache.save(entry.folder, key, entry.bytes);
    if (saved.trouble !== undefined) return { state: "refused", key, why: saved.trouble };
    return { state: saved.key === undefined ? "there" : "saved", key };
  } catch (error) {
    // The models are complete: that there is no room for an entry, or no right to make one, is no failure of theirs.
    if (error instanceof PreloadError || codeOf(error) === undefined) throw error;
    return { state: "refused", key, why: error instanceof Error ? error.message : String(error) };
  } finally {
    clear(folder);
  }
}
