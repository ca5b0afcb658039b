import { statSync } from "node:fs";
import { join } from "node:path";
import { inventories, partialsIn } from "../inventory.ts";
import { otherPlaces } from "../places.ts";
import type { Session } from "../session.ts";
import { bytes, count } from "../words.ts";
import { type Finding, on } from "./finding.ts";

const { ok, note, warning } = on("caches");

/** What lies in the caches that had better not: the same model twice, halves of transfers. */
export function cacheFindings(session: Session): Finding[] {
  const found = Object.keys(session.fetchers).flatMap((scheme) => [
    ...twins(scheme, session),
    ...partials(scheme, session),
  ]);
  return found.length > 0 ? found : [ok("no model lies in two of them, and no transfer was left half done")];
}

function twins(scheme: string, session: Session): Finding[] {
  const dir = session.fetchers[scheme]?.dir ?? "";
  const take = inventories[scheme] ?? (() => []);
  const here = new Set(take(dir).map(({ name }) => name));
  return otherPlaces(scheme, session).flatMap((place) => {
    const both = take(place.dir).filter(({ name, files }) => here.has(name) && files.length > 0);
    if (both.length === 0) return [];
    const size = both.flatMap(({ files }) => files).reduce((sum, file) => sum + file.size, 0);
    const names = both.slice(0, 3).map(({ name }) => name);
    return [
      warning(
        `${names.join(", ")}${both.length > 3 ? ` and ${both.length - 3} more` : ""} also in ${place.dir} (${place.rule})`,
        {
          why: `${bytes(size)} twice on the disk, and which one a program reads depends on its environment.`,
          fix: `Keep one; \`preload env\` leads every client to ${dir}.`,
        },
      ),
    ];
  });
}

function partials(scheme: string, session: Session): Finding[] {
  const dir = session.fetchers[scheme]?.dir ?? "";
  const ours = partialsIn(scheme, dir);
  const theirs = (inventories[scheme]?.(dir) ?? [])
    .flatMap(({ files }) => files)
    .filter(({ path }) => path.endsWith(".incomplete"));
  return [
    ...(ours.length === 0
      ? []
      : [
          note(`${count(ours.length, "unfinished transfer")} in ${dir}, ${sizeOf(ours)}${ageOf(ours, dir)}`, {
            fix: "`preload install` continues them.",
          }),
        ]),
    ...(theirs.length === 0
      ? []
      : [
          note(`${count(theirs.length, "unfinished transfer")} of huggingface_hub in ${dir}, ${sizeOf(theirs)}`, {
            fix: "`hf cache prune` removes them.",
          }),
        ]),
  ];
}

function sizeOf(files: readonly { size: number }[]): string {
  return bytes(files.reduce((sum, { size }) => sum + size, 0));
}

function ageOf(files: readonly { path: string }[], dir: string): string {
  const times = files.map(({ path }) => statSync(join(dir, path), { throwIfNoEntry: false })?.mtime);
  const [latest] = times.filter((time) => time !== undefined).sort((one, other) => Number(other) - Number(one));
  return latest ? `, last written ${latest.toISOString().slice(0, 16).replace("T", " ")} UTC` : "";
}
