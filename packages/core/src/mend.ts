import { lstatSync, type Stats } from "node:fs";
import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import type { Problem } from "./check.ts";
import { onDisk } from "./disk-error.ts";
import { ensureSpace } from "./disk-space.ts";
import { type Fetchable, fetchAll, isArchive, type MendOptions } from "./fetch-all.ts";
import { forecast } from "./forecast.ts";
import { linksByTarget } from "./links-by-target.ts";
import { makeFolders } from "./make-folders.ts";
import { placeOf } from "./paths.ts";
import { canLink, placeLinks } from "./place-links.ts";
import { pause } from "./retry.ts";
import { rivalsOf } from "./rivals.ts";
import { untilSettled } from "./stamps.ts";
import { sweepDrafts } from "./sweep-drafts.ts";
import { syncFolders } from "./sync-folders.ts";
import type { Manifest, TextEntry } from "./types.ts";
import { writeText } from "./write-text.ts";

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

  const hasLinks = manifest.entries.some(({ type }) => type === "link");
  // huggingface_hub 1.33 calls a repository corrupted as long as it has no folder for snapshots (`scan_cache_dir`).
  if (hasLinks) await onDisk(dir, async () => makeFolders(join(dir, posix.dirname(manifest.path))));
  const { bytes: received, own } = await fetchAll(manifest, wanted, options);
  await syncFolders(dir, wanted.flatMap(namesOf));
  const symlinks = options.symlinks !== false && hasLinks && (await canLink(dir, options.platform));
  await placeLinks(manifest, problems, { dir, symlinks });
  const links = manifest.entries.filter(({ type }) => type === "link").map(({ path }) => path);
  await syncFolders(dir, links);
  await removeRivals(manifest, dir);
  await sweepDrafts(manifest, dir);
  // A fresh tree holds none of the texts that belong into it.
  const broken = wanted.some(isArchive) ? manifest.entries : problems.map(({ entry }) => entry);
  const texts = manifest.entries.filter((entry): entry is TextEntry => entry.type === "text" && broken.includes(entry));
  for (const entry of texts) {
    await onDisk(join(dir, entry.path), () => writeText(join(dir, entry.path), entry.text));
  }
  await syncFolders(
    dir,
    texts.map(({ path }) => path),
  );
  await rememberProven(manifest, wanted, own, options);
  return { files: wanted.length, bytes: received };
}

/** What a fetched entry is called once it is in place. */
function namesOf(entry: Fetchable): string[] {
  if (!isArchive(entry)) return [entry.path];
  const tops = entry.members.map(({ path }) => posix.join(entry.path, path));
  return [...tops, ...tops.map((path) => posix.dirname(path))];
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
  own: ReadonlySet<Fetchable>,
  options: MendOptions,
): Promise<void> {
  const { dir, stamps } = options;
  const linked = linksByTarget(manifest);
  const found = new Map<string, Stats>();
  const note = (path: string) => {
    const stats = lstatSync(placeOf(dir, path), { throwIfNoEntry: false });
    if (stats?.isFile()) found.set(path, stats);
  };
  // What another process placed is read once by us, too.
  for (const entry of wanted.filter((entry) => own.has(entry))) {
    if (isArchive(entry)) for (const member of entry.members) note(posix.join(entry.path, member.path));
    else {
      note(entry.path);
      // Without links a file is at their places now.
      if (!found.has(entry.path)) for (const { path } of linked.get(entry.path) ?? []) note(path);
    }
  }
  await pause(Math.max(0, ...[...found.values()].map(untilSettled)), options.signal);
  for (const [path, stats] of found) stamps.prove(path, stats);
  stamps.save();
}
