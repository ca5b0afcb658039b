import { setMaxListeners } from "node:events";
import { type Stats, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import pLimit from "p-limit";
import { check, type Problem } from "./check.ts";
import { onDisk } from "./disk-error.ts";
import { ensureSpace } from "./disk-space.ts";
import type { OnEvent } from "./events.ts";
import { finalPath, forecast } from "./forecast.ts";
import { linksByTarget } from "./links-by-target.ts";
import type { Limit, MaterializeOptions } from "./materialize.ts";
import { canLink, placeLinks } from "./place-links.ts";
import { createLanes } from "./ranged/lanes.ts";
import { pause } from "./retry.ts";
import { rivalsOf } from "./rivals.ts";
import { type Stamp, type Stamps, stampOf, untilSettled } from "./stamps.ts";
import { sweepDrafts } from "./sweep-drafts.ts";
import { type Place, type Purpose, type TransferContext, toBecome, transfer } from "./transfer.ts";
import type { ArchiveEntry, FileEntry, LinkEntry, Manifest } from "./types.ts";
import { unpackWheel } from "./unpack.ts";
import { writeText } from "./write-text.ts";

type MendOptions = MaterializeOptions & { readonly stamps: Stamps; readonly onEvent: OnEvent };

/** Fetches and writes what `check` found not to be as promised. */
export async function mend(
  manifest: Manifest,
  problems: readonly Problem[],
  options: MendOptions,
): Promise<{ files: number; bytes: number }> {
  const { dir, onEvent } = options;
  const { toFetch: wanted, space } = forecast(problems, dir);
  const bytes = wanted.reduce((sum, entry) => sum + entry.size, 0);
  onEvent({ type: "plan", ref: manifest.ref, files: wanted.length, bytes, problems });
  await ensureSpace(dir, space);

  const received = await fetchAll(manifest, wanted, options);
  const symlinks = options.symlinks !== false && (await canLink(dir, options.platform));
  await placeLinks(manifest, problems, { dir, symlinks });
  await removeRivals(manifest, dir);
  await sweepDrafts(manifest, dir);
  // A fresh tree holds none of the texts that belong into it.
  const broken = wanted.some(isArchive) ? manifest.entries : problems.map(({ entry }) => entry);
  for (const entry of manifest.entries) {
    if (entry.type === "text" && broken.includes(entry)) {
      await onDisk(join(dir, entry.path), () => writeText(join(dir, entry.path), entry.text));
    }
  }
  await rememberProven(manifest, wanted, options, symlinks);
  return { files: wanted.length, bytes: received };
}

type Fetchable = FileEntry | ArchiveEntry;

function isArchive(entry: Fetchable): entry is ArchiveEntry {
  return entry.type === "archive";
}

async function fetchAll(manifest: Manifest, wanted: readonly Fetchable[], options: MendOptions): Promise<number> {
  const { concurrency = 8 } = options;
  const lanes = options.lanes ?? createLanes();
  const limit: Limit = typeof concurrency === "number" ? pLimit(concurrency) : concurrency;
  // One that fails ends the others of its model, or they would go on writing after the call has returned.
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  // Each request listens, and there are many.
  setMaxListeners(0, signal);
  const linked = linksByTarget(manifest);
  let failure: { error: unknown } | undefined;
  const received = await Promise.all(
    wanted.map((entry) =>
      limit(async () => {
        if (failure) return 0;
        try {
          return await fetchOne(manifest, entry, linked.get(entry.path) ?? [], { ...options, signal, lanes });
        } catch (error) {
          failure ??= { error };
          failed.abort();
          return 0;
        }
      }),
    ),
  );
  if (failure) throw failure.error;
  return received.reduce((sum, bytes) => sum + bytes, 0);
}

function fetchOne(
  manifest: Manifest,
  entry: Fetchable,
  links: readonly LinkEntry[],
  options: MendOptions,
): Promise<number> {
  const { dir, mirrors = [] } = options;
  const context: TransferContext = {
    ...options,
    mirrors,
    ref: manifest.ref,
    path: isArchive(entry) ? (entry.url.split("/").at(-1) ?? entry.url) : shownPath(manifest, entry, links),
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
  return transfer(entry, final, purpose, context);
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

async function removeRivals(manifest: Manifest, dir: string): Promise<void> {
  for (const entry of manifest.entries) {
    if (entry.type !== "absent") continue;
    for (const path of rivalsOf(entry, manifest, dir)) {
      await onDisk(join(dir, path), () => rm(join(dir, path), { recursive: true, force: true }));
    }
  }
}

/** What was verified on its way need not be read again. */
async function rememberProven(
  manifest: Manifest,
  wanted: readonly Fetchable[],
  options: MendOptions,
  symlinks: boolean,
): Promise<void> {
  const { dir, stamps } = options;
  const paths = wanted.flatMap((entry) =>
    isArchive(entry) ? entry.members.map((member) => posix.join(entry.path, member.path)) : [entry.path],
  );
  // Without links, each place holds bytes that came from a file just verified.
  if (!symlinks) paths.push(...manifest.entries.flatMap((entry) => (entry.type === "link" ? [entry.path] : [])));
  const found = new Map<string, Stats>();
  for (const path of paths) {
    const stats = statSync(join(dir, path), { throwIfNoEntry: false });
    if (stats?.isFile()) found.set(path, stats);
  }
  await pause(Math.max(0, ...[...found.values()].map(untilSettled)), options.signal);
  for (const [path, stats] of found) stamps.prove(path, stats);
  stamps.save();
}
