import { realpathSync } from "node:fs";
import { parse } from "node:path";
import {
  type Machine,
  type Manifest,
  PreloadError,
  parseRef,
  planRemoval,
  type Removal,
  refuseForeign,
  withRemnants,
} from "@preload/core";
import { hubRemnants } from "@preload/hf-fetcher";
import { schemeOf } from "../known-models.ts";
import type { HeldModel } from "../projects/held-models.ts";
import type { Session } from "../session.ts";

/** A model with a manifest: only of these it is known which files are theirs. */
export type ResolvedModel = HeldModel & { readonly manifest: Manifest };

export function isResolved(model: HeldModel): model is ResolvedModel {
  return model.manifest !== undefined;
}

/** The locks of other projects that name a model. */
export function otherProjects(model: HeldModel, { lockPath }: Pick<Session, "lockPath">): readonly string[] {
  return model.projects.filter((lock) => lock !== lockPath);
}

/**
 * What goes from each directory, without what a model that stays needs, or the lock of another project. Decides only;
 * `remove` acts.
 *
 * @throws PreloadError as `planRemoval`, `USAGE`, `BAD_CONFIG`
 */
export function planClean(
  targets: readonly ResolvedModel[],
  held: readonly ResolvedModel[],
  session: Pick<Session, "machine" | "fetchers" | "lockPath">,
): Removal[] {
  const { machine, fetchers } = session;
  const isStaying = (model: ResolvedModel) =>
    targets.includes(model) ? otherProjects(model, session).length > 0 : model.from !== "unused";
  const dirs = [...new Set(targets.map(({ dir }) => dir))];
  return dirs.map((dir) => {
    refuseRoot(dir, machine);
    const remove = targets.filter((model) => model.dir === dir).map(({ manifest }) => manifest);
    for (const manifest of remove) {
      const fetcher = fetchers[schemeOf(manifest.ref)];
      if (fetcher) refuseForeign(manifest, parseRef(manifest.ref, manifest.options), fetcher);
    }
    const keep = held.filter((model) => model.dir === dir && isStaying(model)).map(({ manifest }) => manifest);
    return withHubRemnants(planRemoval(dir, remove, keep));
  });
}

/** In a directory such as this, a mistake of ours would cost too much. */
export function refuseRoot(dir: string, { home }: Pick<Machine, "home">): void {
  if (![parse(dir).root, home, realPath(home)].includes(realPath(dir))) return;
  throw new PreloadError("USAGE", `${dir} is no cache to clean`, { hint: "Name another one with --cache-root." });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // Not there: then nothing is removed from it.
  }
}

/** The same with what means nothing any more in a Hub cache then. */
export function withHubRemnants(removal: Removal): Removal {
  const refs = new Map(removal.items.map(({ path, ref }) => [path, ref]));
  const hubPaths = removal.items.filter(({ ref }) => schemeOf(ref) === "hf").map(({ path }) => path);
  const remnants = hubRemnants(removal.dir, hubPaths);
  return withRemnants(
    removal,
    remnants.map(({ path, because }) => ({ path, ref: refs.get(because) ?? "" })),
  );
}
