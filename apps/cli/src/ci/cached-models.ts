import { PreloadError, type Resolution, resolveAll } from "@preload/core";
import { Failures } from "../exit-code.ts";
import { refuseDrift } from "../frozen.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { requestsFor, type Session } from "../session.ts";
import { type CacheEntry, entriesOf, type LockedModel, setOf, type Viewpoint } from "./entries.ts";
import { presentOf } from "./present.ts";
import { type Workspace, workspaceOf } from "./workspace.ts";

export type Granularity = "model" | "set";
export type Resolved = Extract<Resolution, { status: "resolved" }>;

export interface Cached {
  readonly granularity: Granularity;
  /** What is saved and restored, each by itself: one for each model, or one for all. */
  readonly entries: readonly CacheEntry[];
  /** One for each model, whatever the granularity. */
  readonly models: readonly CacheEntry[];
  /** All of them as one, whatever the granularity. */
  readonly set: CacheEntry;
  readonly resolutions: readonly Resolved[];
  /** Optional models that have no entry: the lock does not have them, or they were to be there and are not. */
  readonly skipped: readonly string[];
  readonly workspace: Workspace;
}

export interface CachedOptions {
  /** @default those of the profiles */
  readonly refs?: readonly string[];
  /** @default what the config says, else "model" */
  readonly granularity?: Granularity | undefined;
  /** @default the CI's own, else the root of the repository */
  readonly workspace?: string | undefined;
  /** Only what is there now, for a job that is about to save it. @default false */
  readonly present?: boolean | undefined;
}

/**
 * What a CI keeps of the models of a lock. Looks at the config and the lock, so that the answer is the same before
 * anything is there; with `present` also at the disk. Asks no network.
 *
 * @throws PreloadError `DRIFT` without a lock, or with one that says something else than the config; with `present`
 * `MISSING` or `CORRUPT` unless everything is there that has to be
 */
export async function cachedModels(session: Session, options: CachedOptions = {}): Promise<Cached> {
  const { config, machine } = session;
  const { refs = [], granularity = config.ci?.granularity ?? "model", workspace: named, present } = options;
  const locked = await lockedModels(session, refs);
  const resolutions = present ? await presentOf(locked.resolutions, session) : locked.resolutions;
  const left = locked.resolutions.filter((resolution) => !resolutions.includes(resolution));
  const workspace = workspaceOf(session, named);
  const view: Viewpoint = { workspace: workspace.dir, machine };
  const models = entriesOf(resolutions.map(asLocked), view);
  const set = setOf(resolutions.map(asLocked), view);
  return {
    granularity,
    entries: granularity === "model" ? models : models.length > 0 ? [set] : [],
    models,
    set,
    resolutions,
    skipped: [...locked.skipped, ...left.map(({ ref }) => ref)],
    workspace,
  };
}

export function asLocked({ manifest, fetcher, request: { optional } }: Resolved): LockedModel {
  return { manifest, fetcher, optional };
}

async function lockedModels(session: Session, refs: readonly string[]) {
  refuseUnlocked(session);
  refuseEmpty(session, refs);
  const { fetchers, lock, stateDir, signal } = session;
  const found = await resolveAll(requestsFor(session, refs), { fetchers, lock, stateDir, signal, ask: "locked" });
  const failed = found.flatMap((one) => (one.status === "failed" ? [one.error] : []));
  if (failed.length > 0) throw new Failures(failed);
  return {
    resolutions: found.filter((one): one is Resolved => one.status === "resolved"),
    skipped: found.filter(({ status }) => status === "skipped").map(({ ref }) => ref),
  };
}

function refuseUnlocked(session: Session): void {
  const { config } = session;
  if (config.path === undefined) {
    throw new PreloadError(
      "DRIFT",
      `there is no config above ${config.dir}, and so no lock that a key could come from`,
      { hint: "Run `preload init` and `preload lock` and commit both, or name the config with --config." },
    );
  }
  refuseDrift(session);
}
