import { statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import pLimit from "p-limit";
import { check } from "./check.ts";
import type { OnEvent } from "./events.ts";
import { fetchTogether, fewestTogether, type SmallFile, smallUpTo } from "./fetch-together.ts";
import { finalPath } from "./forecast.ts";
import { linksByTarget } from "./links-by-target.ts";
import type { Limit, MaterializeOptions } from "./materialize.ts";
import { placeOf } from "./paths.ts";
import { createLanes, type Lanes } from "./ranged/lanes.ts";
import { createSlots } from "./slots.ts";
import { type Stamp, type Stamps, stampOf } from "./stamps.ts";
import { onlyOnce, type Place, type Purpose, type TransferContext, toBecome, transfer } from "./transfer.ts";
import type { ArchiveEntry, FileEntry, LinkEntry, Manifest } from "./types.ts";
import { archiveName, copyMembers, unpackArchive } from "./unpack.ts";

export type MendOptions = MaterializeOptions & { readonly stamps: Stamps; readonly onEvent: OnEvent };

export type Fetchable = FileEntry | ArchiveEntry;

export interface Fetched {
  /** Bytes that came over the network. */
  readonly bytes: number;
  /** What this process verified and placed itself, as against what another one did meanwhile. */
  readonly own: ReadonlySet<Fetchable>;
}

/** Fetches, verifies and places everything that is wanted, side by side. */
export async function fetchAll(
  manifest: Manifest,
  wanted: readonly Fetchable[],
  options: MendOptions,
): Promise<Fetched> {
  const { concurrency = 8, dir } = options;
  const lanes = options.lanes ?? createLanes();
  const slots = options.slots ?? createSlots(typeof concurrency === "number" ? { concurrency } : {});
  const limit: Limit = typeof concurrency === "number" ? pLimit(concurrency) : concurrency;
  // One that fails ends the others of its model, or they would go on writing after the call has returned.
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const linked = linksByTarget(manifest);
  const own = new Set<Fetchable>();
  let failure: { error: unknown } | undefined;
  const attempt = async (work: () => Promise<number>) => {
    if (failure) return 0;
    try {
      return await work();
    } catch (error) {
      failure ??= { error };
      failed.abort();
      return 0;
    }
  };
  const prepared = (entry: Fetchable) => {
    const links = linked.get(entry.path) ?? [];
    return prepare(manifest, entry, links, { ...options, signal, lanes, onPlaced: () => own.add(entry) });
  };
  const { alone, together } = byFolder(wanted, dir);
  const received = await Promise.all([
    ...alone.map((entry) =>
      limit(() =>
        attempt(async () => {
          const { wanted, final, purpose, context } = prepared(entry);
          const { members } = options;
          if (!isArchive(entry) || members === undefined) return transfer(wanted, final, purpose, context);
          return onlyOnce(wanted, final, purpose, context, async () => {
            await copyMembers(entry, (member) => members(entry, member), dir, signal);
            own.add(entry);
            return entry.members.reduce((sum, { size }) => sum + size, 0);
          });
        }),
      ),
    ),
    ...[...together].map(([folder, entries]) =>
      attempt(async () => fetchTogether(folder, entries.map(prepared), { slots, attempt })),
    ),
  ]);
  if (failure) throw failure.error;
  return { bytes: received.reduce((sum, bytes) => sum + bytes, 0), own };
}

/** Small files that share a folder are fetched together, everything else for itself. */
function byFolder(
  wanted: readonly Fetchable[],
  dir: string,
): { alone: Fetchable[]; together: ReadonlyMap<string, readonly FileEntry[]> } {
  const folders = new Map<string, FileEntry[]>();
  for (const entry of wanted) {
    if (isArchive(entry) || entry.size > smallUpTo) continue;
    const folder = dirname(finalPath(entry, dir));
    const known = folders.get(folder);
    if (known) known.push(entry);
    else folders.set(folder, [entry]);
  }
  const together = new Map([...folders].filter(([, entries]) => entries.length >= fewestTogether));
  const inGroups = new Set<Fetchable>([...together.values()].flat());
  return { alone: wanted.filter((entry) => !inGroups.has(entry)), together };
}

/** What it takes to fetch an entry. */
function prepare(
  manifest: Manifest,
  entry: Fetchable,
  links: readonly LinkEntry[],
  options: MendOptions & { readonly lanes: Lanes; readonly onPlaced: () => void },
): SmallFile {
  const { dir, mirrors = [] } = options;
  const context: TransferContext = {
    ...options,
    mirrors,
    ref: manifest.ref,
    path: isArchive(entry) ? archiveName(entry) : shownPath(manifest, entry, links),
    gated: manifest.gated !== undefined,
  };
  const final = finalPath(entry, dir);
  const place = ({ path }: FileEntry | LinkEntry): Place => ({
    path: placeOf(dir, path),
    before: options.stamps.lastSeen(path),
  });
  const purpose = isArchive(entry)
    ? toBeUnpacked(manifest, entry, options)
    : toBecome(place(entry), entry, links.map(place));
  const use = async (verified: string) => {
    await purpose.use(verified);
    options.onPlaced();
  };
  return { wanted: entry, final, purpose: { ...purpose, use }, context, movesOn: options.symlinks === false };
}

function toBeUnpacked(
  manifest: Manifest,
  entry: ArchiveEntry,
  { dir, stateDir, stamps, signal }: MendOptions,
): Purpose {
  const texts = manifest.entries.flatMap((other) => (other.type === "text" ? [other.path] : []));
  const before = treeStamp(entry, (path) => stamps.lastSeen(path));
  const isThere = (path: string) => {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    return stats && stampOf(stats);
  };
  return {
    use: (verified) => unpackArchive(entry, verified, dir, texts, signal),
    isDone: () => ![before, undefined].includes(treeStamp(entry, isThere)),
    isRight: async () => (await check({ ...manifest, entries: [entry] }, { dir, stateDir })).length === 0,
  };
}

/** Changes when the tree is unpacked anew; undefined while a member is missing. */
function treeStamp(entry: ArchiveEntry, look: (path: string) => Stamp | undefined): Stamp | undefined {
  const stamps = entry.members.map((member) => look(posix.join(entry.path, member.path)));
  return stamps.includes(undefined) ? undefined : stamps.join();
}

/** The name the reader knows: that of the link, not of the blob. */
function shownPath(manifest: Manifest, file: FileEntry, [link]: readonly LinkEntry[]): string {
  const path = link?.path ?? file.path;
  return path.startsWith(`${manifest.path}/`) ? path.slice(manifest.path.length + 1) : path;
}

export function isArchive(entry: Fetchable): entry is ArchiveEntry {
  return entry.type === "archive";
}
