import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PreloadError } from "@preload/core";
import { type Adopted, adopt } from "./adopt.ts";
import type { Cache } from "./cache.ts";
import { clear } from "./clear.ts";
import { type Entry, type Found, keysOf } from "./entries.ts";
import { isFor } from "./ordinal.ts";
import type { Stage } from "./stage.ts";

interface RestoreOptions {
  readonly cache: Cache;
  readonly stage: Stage;
  readonly stateDir: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Fetches an entry from the cache and takes what is right of it. What is wrong with it is an answer, and no error.
 *
 * @throws PreloadError `ABORTED`
 */
export async function restore(entry: Entry, options: RestoreOptions): Promise<Found> {
  const { cache, signal, stage } = options;
  // A folder for itself: what one archive brings along does not get among the files of another.
  const into = mkdtempSync(join(stage.dir, "unpacked-"));
  try {
    const found = await cache.restore(entry.folder, keysOf(entry), { into, most: entry.most });
    if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
    if (found.key !== undefined) return await taken(entry, found.key, into, options);
    const { trouble } = found;
    if (trouble === undefined) return { state: "miss" };
    // The library does not say of which entry it could not unpack the archive.
    const key = isDamage(trouble) ? (await cache.lookUp(entry.folder, keysOf(entry))).key : undefined;
    if (key === undefined) return { state: "miss", trouble };
    const some = await taken(entry, key, into, options);
    return some.state === "exact" ? { ...some, state: "bad", why: "its archive holds what is not unpacked" } : some;
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    // A full disk, a folder that may not be written: what is missing is fetched, or told of where it is fetched.
    return { state: "miss", trouble: error.message };
  } finally {
    clear(into);
  }
}

async function taken(
  entry: Entry,
  key: string,
  into: string,
  { stateDir, signal }: RestoreOptions,
): Promise<Exclude<Found, { state: "present" | "miss" }>> {
  const adopted = await adopt(join(into, entry.folder), entry.models, { stateDir, signal });
  const { bytes } = adopted;
  if (!isFor(entry.key, key)) return { state: "older", key, bytes };
  const why = faultOf(adopted, readdirSync(into).filter((name) => name !== entry.folder).length);
  return why === undefined ? { state: "exact", key, bytes } : { state: "bad", key, bytes, why };
}

/** What tar says of an archive that is cut off, is none, is too large, or holds names that are not unpacked. */
function isDamage(trouble: string): boolean {
  return trouble.includes("failed with error: The process");
}

function faultOf({ bad, foreign }: Adopted, beside: number): string | undefined {
  const number = (reason: string) => bad.filter((one) => one.reason === reason).length;
  const parts = [
    [number("missing"), "missing"],
    [number("other bytes"), "with other bytes than the lock says"],
    [foreign.length + beside, "that the lock does not name"],
  ] as const;
  const said = parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return said.length === 0 ? undefined : `files: ${said.join(", ")}`;
}
