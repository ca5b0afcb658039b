import { setMaxListeners } from "node:events";
import { statSync } from "node:fs";
import { join, posix } from "node:path";
import pLimit from "p-limit";
import { check } from "./check.ts";
import type { OnEvent } from "./events.ts";
import { finalPath } from "./forecast.ts";
import { linksByTarget } from "./links-by-target.ts";
import type { Limit, MaterializeOptions } from "./materialize.ts";
import { createLanes, type Lanes } from "./ranged/lanes.ts";
import { type Stamp, type Stamps, stampOf } from "./stamps.ts";
import { type Place, type Purpose, type TransferContext, toBecome, transfer } from "./transfer.ts";
import type { ArchiveEntry, FileEntry, LinkEntry, Manifest } from "./types.ts";
import { archiveName, unpackWheel } from "./unpack.ts";

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
  const { concurrency = 8 } = options;
  const lanes = options.lanes ?? createLanes();
  const limit: Limit = typeof concurrency === "number" ? pLimit(concurrency) : concurrency;
  // One that fails ends the others of its model, or they would go on writing after the call has returned.
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  // Each request listens, and there are many.
  setMaxListeners(0, signal);
  const linked = linksByTarget(manifest);
  const own = new Set<Fetchable>();
  let failure: { error: unknown } | undefined;
  const received = await Promise.all(
    wanted.map((entry) =>
      limit(async () => {
        if (failure) return 0;
        try {
          const links = linked.get(entry.path) ?? [];
          return await fetchOne(manifest, entry, links, { ...options, signal, lanes, onPlaced: () => own.add(entry) });
        } catch (error) {
          failure ??= { error };
          failed.abort();
          return 0;
        }
      }),
    ),
  );
  if (failure) throw failure.error;
  return { bytes: received.reduce((sum, bytes) => sum + bytes, 0), own };
}

function fetchOne(
  manifest: Manifest,
  entry: Fetchable,
  links: readonly LinkEntry[],
  options: MendOptions & { readonly lanes: Lanes; readonly onPlaced: () => void },
): Promise<number> {
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
    path: join(dir, path),
    before: options.stamps.lastSeen(path),
  });
  const purpose = isArchive(entry)
    ? toBeUnpacked(manifest, entry, options)
    : toBecome(place(entry), entry, links.map(place));
  const use = async (verified: string) => {
    await purpose.use(verified);
    options.onPlaced();
  };
  return transfer(entry, final, { ...purpose, use }, context);
}

function toBeUnpacked(manifest: Manifest, entry: ArchiveEntry, { dir, stateDir, stamps }: MendOptions): Purpose {
  const texts = manifest.entries.flatMap((other) => (other.type === "text" ? [other.path] : []));
  const before = treeStamp(entry, (path) => stamps.lastSeen(path));
  const isThere = (path: string) => {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    return stats && stampOf(stats);
  };
  return {
    use: (verified) => unpackWheel(entry, verified, dir, texts),
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
