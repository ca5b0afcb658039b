import { PreloadError, type Resolution, resolveAll } from "@preload/core";
import { Failures } from "../exit-code.ts";
import { refuseDrift } from "../frozen.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { requestsFor, type Session } from "../session.ts";
import { type CacheEntry, entriesOf, setOf } from "./entries.ts";
import { type Workspace, workspaceOf } from "./workspace.ts";

export type Granularity = "model" | "set";

export interface Cached {
  /** What is to be saved and restored, each by itself: one for each model, or one for all. */
  readonly entries: readonly CacheEntry[];
  /** One for each model, whatever the granularity. */
  readonly models: readonly CacheEntry[];
  /** All of them in one, whatever the granularity. */
  readonly set: CacheEntry;
  readonly resolutions: readonly Resolved[];
  /** Optional models that the lock does not have. */
  readonly skipped: readonly string[];
  readonly workspace: Workspace;
}

export type Resolved = Extract<Resolution, { status: "resolved" }>;

export interface CachedOptions {
  /** @default those of the profiles */
  readonly refs?: readonly string[];
  /** @default "model" */
  readonly granularity?: Granularity;
  /** @default the CI's, or the repository's root */
  readonly workspace?: string | undefined;
  /** Which models are meant of those that the lock has. @default all */
  readonly isMeant?: (model: Resolved) => boolean;
}

/**
 * What a CI keeps of the models of a lock. Looks at the config and the lock alone, so that the answer is the same before
 * anything is there; asks no network.
 *
 * @throws PreloadError `DRIFT` without a lock, or with one that says something else than the config
 */
export async function cachedModels(session: Session, options: CachedOptions = {}): Promise<Cached> {
  const { refs = [], granularity = "model", isMeant = () => true } = options;
  refuseUnlocked(session);
  refuseEmpty(session, refs);
  const { fetchers, lock, stateDir, signal, machine } = session;
  const found = await resolveAll(requestsFor(session, refs), { fetchers, lock, stateDir, signal, ask: "locked" });
  const failed = found.flatMap((one) => (one.status === "failed" ? [one.error] : []));
  if (failed.length > 0) throw new Failures(failed);
  const resolutions = found.filter((one): one is Resolved => one.status === "resolved").filter(isMeant);
  const workspace = workspaceOf(session, options.workspace);
  const view = { workspace: workspace.dir, machine };
  const locked = resolutions.map(({ manifest, fetcher, request: { optional } }) => ({ manifest, fetcher, optional }));
  const models = entriesOf(locked, view);
  const set = setOf(locked, view);
  const skipped = found.filter(({ status }) => status === "skipped").map(({ ref }) => ref);
  return {
    entries: granularity === "set" ? [set] : models,
    models,
    set,
    resolutions,
    skipped,
    workspace,
  };
}

function refuseUnlocked(session: Session): void {
  const { config } = session;
  if (config.path === undefined) {
    throw new PreloadError(
      "DRIFT",
      `there is no config above ${config.dir}, and so no lock that a key could come from`,
      {
        hint: "Run `preload init` and `preload lock` and commit both, or name the config with --config.",
      },
    );
  }
  refuseDrift(session);
}
