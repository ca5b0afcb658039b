import { lstatSync } from "node:fs";
import { join } from "node:path";
import { entriesIn, leftoversIn, ownedPaths, pathsUnder, type Removal, withRemnants } from "@preload/core";
import { hubOrphans } from "@preload/hf-fetcher";
import type { ResolvedModel } from "../clean/plan.ts";
import { inventories } from "../inventory.ts";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";

/** Stands in the place of a model for what belongs to none. */
export const leftover = "leftovers";

// A blob gets its name a moment before the link that leads to it; other clients do not say that they are at work.
const hour = 60 * 60 * 1000;

/**
 * What interrupted processes have left, in every directory that is known, and blobs that nothing leads to, in the
 * repositories of the Hub that we have put something into.
 */
export function planLeftovers(
  models: readonly ResolvedModel[],
  kept: readonly ResolvedModel[],
  { fetchers, flags }: Session,
  now: number,
): Removal[] {
  const places = new Map(
    [
      ...Object.values(fetchers).map(({ name, dir }) => ({ source: name, dir })),
      ...models.map(({ ref, dir }) => ({ source: schemeOf(ref), dir })),
    ]
      .filter(({ source }) => flags.only?.includes(source) ?? true)
      .map((place) => [`${place.source} ${place.dir}`, place] as const),
  );
  return [...places.values()].map(({ source, dir }) => {
    const isHere = (model: ResolvedModel) => model.dir === dir && schemeOf(model.ref) === source;
    const wanted = kept.filter(isHere).map(({ manifest }) => manifest);
    const staging = stagingIn(dir).filter((folder) => leftoversIn(dir, [`${folder}/.`], []).length > 0);
    const paths = [...pathsOf(source, dir), ...staging.flatMap((folder) => pathsUnder(dir, folder))];
    const over = leftoversIn(dir, paths, wanted);
    const orphans = source === "hf" ? orphansOf(models.filter(isHere), new Set(wanted.flatMap(ownedPaths)), now) : [];
    const items = [...over, ...orphans].map((path) => ({ path, ref: leftover }));
    const folders = staging.flatMap((folder) => foldersUnder(dir, folder));
    return withRemnants({ dir, items: [], kept: [], folders }, items);
  });
}

/** Everything in the folders of repositories and packages, and what lies beside them. */
function pathsOf(source: string, dir: string): string[] {
  const held = (inventories[source]?.(dir) ?? []).flatMap(({ files }) => files.map(({ path }) => path));
  const tops = new Set(held.filter((path) => path.includes("/")).map((path) => path.split("/", 1)[0] ?? ""));
  const beside = entriesIn(dir).flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
  return [...beside, ...[...tops].flatMap((top) => pathsUnder(dir, top))];
}

/** Where packages are unpacked, see `unpack.ts`. */
function stagingIn(dir: string): string[] {
  return entriesIn(dir).flatMap((entry) =>
    entry.isDirectory() && /^\.preload-[0-9a-f]{8}-\d+-\d+-[0-9a-f]{12}$/.test(entry.name) ? [entry.name] : [],
  );
}

/** The deepest first. */
function foldersUnder(dir: string, folder: string): string[] {
  const inside = entriesIn(join(dir, folder)).filter((entry) => entry.isDirectory());
  return [...inside.flatMap(({ name }) => foldersUnder(dir, `${folder}/${name}`)), folder];
}

function orphansOf(models: readonly ResolvedModel[], needed: ReadonlySet<string>, now: number): string[] {
  const repos = new Map(
    models.map(({ dir, manifest }) => {
      const [folder = ""] = manifest.path.split("/", 1);
      return [`${dir}/${folder}`, { dir, folder }] as const;
    }),
  );
  return [...repos.values()].flatMap(({ dir, folder }) =>
    hubOrphans(dir, folder).filter((path) => !needed.has(path) && !isYoung(join(dir, path), now)),
  );
}

function isYoung(path: string, now: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && now - stats.mtimeMs < hour;
}
