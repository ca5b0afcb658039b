import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { entriesIn, type Manifest, PreloadError, parseRef, targetOf } from "@preload/core";
import { repoFolderName, repoOf } from "@preload/hf-fetcher";
import { aliases } from "@preload/whisper-fetcher";
import { schemeOf } from "./known-models.ts";
import { allPlaces, type Place } from "./places.ts";
import type { Session } from "./session.ts";

/** Another place on this machine where a model lies. */
export interface Elsewhere extends Place {
  /**
   * Told from names and sizes, without reading: all of it, a part, or another revision than the one meant;
   * some revision, when it is not known which one is meant.
   */
  readonly what: "complete" | "partial" | "another revision" | "some revision";
}

/** What can be said of a model that is not where its client looks. */
export interface Miss {
  /** Where it was looked for, and the rule that chose that. */
  readonly searched: Place;
  readonly elsewhere: readonly Elsewhere[];
  /** The variable that leads the client to the first place where all of it lies, with its value. */
  readonly use: string | null;
  /** False when the time was over before every place had been looked at. */
  readonly lookedEverywhere: boolean;
}

/** Finds where else on this machine models are. One for a command, which shares its time among all that it misses. */
export interface Search {
  /** Without a manifest only the model's name is known. */
  miss(ref: string, manifest: Manifest | undefined): Miss;
}

// A disk that sleeps, or a network that stands in for one, must not keep the message back.
const mostMilliseconds = 1000;

export function searchFor(
  session: Pick<Session, "machine" | "config" | "fetchers" | "stateDir">,
  milliseconds = mostMilliseconds,
): Search {
  const places = new Map<string, Place[]>();
  let left = milliseconds;
  return {
    miss(ref, manifest) {
      const scheme = schemeOf(ref);
      const { dir = "", dirRule = "" } = session.fetchers[scheme] ?? {};
      const start = performance.now();
      const isOver = () => performance.now() - start > left;
      const found = places.get(scheme) ?? allPlaces(scheme, session);
      places.set(scheme, found);
      const elsewhere: Elsewhere[] = [];
      let lookedEverywhere = true;
      for (const place of found) {
        lookedEverywhere = !isOver();
        if (!lookedEverywhere) break;
        const what = whatIsIn(place.dir, ref, manifest);
        if (what !== undefined) elsewhere.push({ ...place, what });
      }
      left -= performance.now() - start;
      const searched = { dir, rule: dirRule };
      return { searched, elsewhere, use: useOf(scheme, searched, elsewhere), lookedEverywhere };
    },
  };
}

/** Lines to end a message with that says a model is missing; none when it is nowhere else. */
function elsewhereLines({ elsewhere, lookedEverywhere }: Miss): string {
  const lines = elsewhere.map(({ dir, rule, what }) => `\n  also in   ${dir} (${rule}): ${what}`);
  return lines.join("") + (lookedEverywhere ? "" : "\n  and perhaps elsewhere: looking further would take long");
}

/** An error that says a model is missing, with where else it is: for people in the message, for programs in the details. */
export function explainedMiss(error: PreloadError, miss: Miss): PreloadError {
  const use = miss.use === null ? [] : [`To use what is there: ${miss.use}`];
  const hint = [...(error.hint === undefined ? [] : [error.hint]), ...use].join(" ");
  return new PreloadError(error.code, error.message + elsewhereLines(miss), {
    ...(hint === "" ? {} : { hint }),
    details: { ...error.details, ...miss },
    cause: error.cause,
  });
}

function useOf(scheme: string, searched: Place, elsewhere: readonly Elsewhere[]): string | null {
  const dir = elsewhere.find(({ what }) => what === "complete")?.dir;
  // A flag or a config goes before any variable of a client's.
  if (dir === undefined || /^--cache-root|CACHE_ROOT| in /i.test(searched.rule)) return null;
  switch (scheme) {
    case "hf":
      return `HF_HUB_CACHE=${dir}`;
    case "whisper":
      return basename(dir) === "whisper" ? `XDG_CACHE_HOME=${dirname(dir)}` : null;
    default:
      return null;
  }
}

function whatIsIn(dir: string, ref: string, manifest: Manifest | undefined): Elsewhere["what"] | undefined {
  const name = firstName(ref, manifest);
  if (name === undefined || !existsSync(join(dir, name))) return undefined;
  const share = manifest === undefined ? 0 : shareThere(manifest, dir);
  if (share > 0) return share === 1 ? "complete" : "partial";
  // A folder without a snapshot is what an interrupted program leaves.
  const isRepo = schemeOf(ref) === "hf";
  if (isRepo && entriesIn(join(dir, name, "snapshots")).length === 0) return undefined;
  return manifest === undefined ? "some revision" : "another revision";
}

/** What each revision of a model has in common in its directory: the name of its folder or file. */
function firstName(ref: string, manifest: Manifest | undefined): string | undefined {
  if (manifest?.path) return manifest.path.split("/", 1)[0];
  try {
    const parsed = parseRef(ref);
    switch (parsed.scheme) {
      case "hf":
        return repoFolderName(repoOf(parsed));
      case "whisper":
        return `${Object.hasOwn(aliases, parsed.name) ? aliases[parsed.name] : parsed.name}.pt`;
      default:
        return parsed.name;
    }
  } catch (error) {
    if (error instanceof PreloadError) return undefined;
    throw error;
  }
}

/** From 0 to 1, by the number of files that have their size. */
function shareThere(manifest: Manifest, dir: string): number {
  const files = contentOf(manifest);
  const found = files.filter(({ path, size }) => sizeAt(join(dir, path)) === size);
  return files.length === 0 ? 0 : found.length / files.length;
}

/** What a reader opens: where there is a link, the link, since a cache without links has the file itself there. */
function contentOf({ entries }: Manifest): { path: string; size: number }[] {
  const links = new Map(
    entries.flatMap((entry) => (entry.type === "link" ? [[targetOf(entry.path, entry.target), entry.path]] : [])),
  );
  return entries.flatMap((entry) => {
    if (entry.type === "file") return [{ path: links.get(entry.path) ?? entry.path, size: entry.size }];
    if (entry.type !== "archive") return [];
    return entry.members.map(({ path, size }) => ({ path: entry.path ? `${entry.path}/${path}` : path, size }));
  });
}

function sizeAt(path: string): number | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : undefined;
  } catch {
    return undefined; // Closed to us: then it is of no use to us there.
  }
}
