import { statSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, targetOf } from "@preload/core";
import { inventories } from "./inventory.ts";
import { schemeOf } from "./known-models.ts";
import { otherPlaces, type Place } from "./places.ts";
import type { Session } from "./session.ts";

/** Another place on this machine where a model lies. */
export interface Elsewhere extends Place {
  /** Told from names and sizes, without reading: all of it, a part, or another revision than the one meant. */
  readonly what: "complete" | "partial" | "another revision";
}

/**
 * Where else on this machine a model exists, when it is not where its client looks.
 * Without a manifest only its name is known, and anything under it counts as another revision.
 */
export function whereElse(
  ref: string,
  manifest: Manifest | undefined,
  session: Pick<Session, "machine" | "config" | "fetchers" | "stateDir">,
): Elsewhere[] {
  return otherPlaces(schemeOf(ref), session).flatMap((place) => {
    const what = whatIsIn(place.dir, ref, manifest);
    return what === undefined ? [] : [{ ...place, what }];
  });
}

/** Lines to end a message with that says a model is missing; none when it is nowhere else. */
export function elsewhereLines(found: readonly Elsewhere[]): string {
  return found.map(({ dir, rule, what }) => `\n  also in   ${dir} (${rule}): ${what}`).join("");
}

function whatIsIn(dir: string, ref: string, manifest: Manifest | undefined): Elsewhere["what"] | undefined {
  const share = manifest === undefined ? 0 : shareThere(manifest, dir);
  if (share > 0) return share === 1 ? "complete" : "partial";
  const name = ref.replace(/@.*$/, "");
  const held = (inventories[schemeOf(ref)]?.(dir) ?? []).some((one) => one.name === name && one.files.length > 0);
  return held ? "another revision" : undefined;
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
