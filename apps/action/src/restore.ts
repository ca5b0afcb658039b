import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PreloadError } from "@preload/core";
import { type Adopted, adopt } from "./adopt.ts";
import type { Cache } from "./cache.ts";
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
  const found = await cache.restore(entry.folder, keysOf(entry));
  if (signal.aborted) throw new PreloadError("ABORTED", "stopped");
  const folder = setAside(join(stage.dir, entry.folder), stage);
  try {
    if (found.key !== undefined) return await taken(entry, found.key, folder, options);
    const { trouble } = found;
    if (trouble === undefined) return { state: "miss" };
    // The library does not say of which entry it could not unpack the archive.
    const key = isDamage(trouble) ? (await cache.lookUp(entry.folder, keysOf(entry))).key : undefined;
    if (key === undefined) return { state: "miss", trouble };
    const some = await taken(entry, key, folder, options);
    return some.state === "exact" ? { ...some, state: "bad", why: "its archive holds what is not unpacked" } : some;
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    // A full disk, a folder that may not be written: what is missing is fetched, or told of where it is fetched.
    return { state: "miss", trouble: error.message };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function taken(
  entry: Entry,
  key: string,
  folder: string,
  { stateDir, signal }: RestoreOptions,
): Promise<Exclude<Found, { state: "present" | "miss" }>> {
  const adopted = await adopt(folder, entry.models, { stateDir, signal });
  const { bytes } = adopted;
  if (!isFor(entry.key, key)) return { state: "older", key, bytes };
  const why = faultOf(adopted);
  return why === undefined ? { state: "exact", key, bytes } : { state: "bad", key, bytes, why };
}

/** Under a name that no archive can know: while this one is read, others are still unpacked beside it. */
function setAside(folder: string, { dir }: Stage): string {
  const aside = join(mkdtempSync(join(dir, "aside-")), "entry");
  if (existsSync(folder)) renameSync(folder, aside);
  return aside;
}

/** What tar says of an archive that is cut off, is none, or holds names that are not unpacked. */
function isDamage(trouble: string): boolean {
  return trouble.includes("failed with error: The process");
}

function faultOf({ bad, foreign }: Adopted): string | undefined {
  const number = (reason: string) => bad.filter((one) => one.reason === reason).length;
  const parts = [
    [number("missing"), "missing"],
    [number("other bytes"), "with other bytes than the lock says"],
    [foreign.length, "that the lock does not name"],
  ] as const;
  const said = parts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  return said.length === 0 ? undefined : `files: ${said.join(", ")}`;
}
