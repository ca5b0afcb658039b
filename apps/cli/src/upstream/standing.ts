import {
  emptyLock,
  type Fetcher,
  type Manifest,
  PreloadError,
  type Ref,
  type Request,
  type Resolution,
  resolveAll,
  sameOptions,
  type Upstream,
  understand,
} from "@preload/core";
import { isSameManifest } from "../lock-changes.ts";
import { refuseLicenses } from "../policy.ts";
import type { Session } from "../session.ts";
import { type Comparison, compare } from "./compare.ts";

/** How a model of the lock stands to what its ref means today. */
export interface Standing extends Comparison {
  readonly ref: string;
  readonly status: Status;
  readonly requiredBy: readonly string[];
  /** The config can do without it, if its publisher does not let this reader in. */
  readonly optional: boolean;
  /** For a pinned one, the ref that moves on, and that `latest` speaks of. */
  readonly follows: string | null;
  readonly renamed: string | null;
  /** Why what is locked cannot be used here. */
  readonly misfit: string | null;
  readonly remarks: readonly string[];
  readonly url: string | null;
  /** Why nothing is known of today. */
  readonly error: unknown;
}

/**
 * `pinned` stands still because the config says so; `unlocked` is not in the lock as the config has it;
 * `unavailable` is deleted, private, closed, or without such a revision; `failed` could not be asked.
 */
export type Status = "current" | "outdated" | "pinned" | "unlocked" | "unavailable" | "failed";

/** Asks what each model means today, with what it requires. Nothing is written. */
export async function standingsOf(
  requests: readonly Request[],
  session: Session,
  { pinned }: { readonly pinned: boolean },
): Promise<Standing[]> {
  const { fetchers, signal } = session;
  const resolutions = await resolveAll(requests, { fetchers, ask: "all", signal });
  return Promise.all(resolutions.map((resolution) => standingOf(resolution, session, pinned)));
}

async function standingOf(resolution: Resolution, session: Session, countsPinned: boolean): Promise<Standing> {
  const { ref, requiredBy, request } = resolution;
  const current = (session.lock ?? emptyLock).models.get(ref);
  const told = {
    requiredBy,
    optional: request.optional,
    follows: null,
    renamed: null,
    misfit: null,
    remarks: [],
    url: null,
  };
  if (resolution.status !== "resolved" && !isAnswer(resolution.error)) {
    return { ref, status: "failed", ...told, ...compare(current, undefined, silent), error: resolution.error };
  }
  const { fetcher, parsed } = understand(request, session.fetchers);
  const manifest = resolution.status === "resolved" ? resolution.manifest : undefined;
  const moving = fetcher.follows?.(parsed);
  const ahead = moving && manifest ? await whatIsAhead(moving, fetcher, session) : undefined;
  const latest = ahead ?? manifest;
  const upstream = await upstreamOf(parsed, [current?.revision, latest?.revision], fetcher, session);
  return {
    ref,
    status: statusOf(),
    requiredBy,
    optional: request.optional,
    ...compare(current, latest, upstream),
    follows: moving ? fetcher.canonical(moving) : null,
    renamed: upstream.renamed ?? null,
    misfit: upstream.misfit ?? null,
    remarks: [...upstream.remarks, ...refusals(resolution, session)],
    url: upstream.page ?? null,
    error: resolution.status === "resolved" ? undefined : resolution.error,
  };

  function statusOf(): Status {
    if (manifest === undefined) return "unavailable";
    if (current === undefined || !sameOptions(current.options, parsed.options)) return "unlocked";
    // What is pinned may still be closed, or be chosen from in another way.
    if (!isSameManifest(current, manifest)) return "outdated";
    if (moving === undefined) return "current";
    return countsPinned && ahead !== undefined && ahead.revision !== current.revision ? "outdated" : "pinned";
  }
}

/** True for what the source has said clearly, whatever it means for us. */
function isAnswer(error: unknown): boolean {
  const answers = ["NOT_FOUND", "REVISION_NOT_FOUND", "FOREIGN_COMMIT", "GATED"];
  return error instanceof PreloadError && answers.includes(error.code);
}

/** What a pinned model would be if it were not; undefined when that is not there. */
export async function whatIsAhead(
  moving: Ref,
  fetcher: Fetcher,
  { signal }: Pick<Session, "signal">,
): Promise<Manifest | undefined> {
  try {
    return await fetcher.resolve(moving, { signal });
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

const silent: Upstream = { dates: {}, remarks: [] };

/** Facts beside the manifest, where the source has any. */
export async function upstreamOf(
  ref: Ref,
  revisions: readonly (string | undefined)[],
  fetcher: Fetcher,
  { signal }: Pick<Session, "signal">,
): Promise<Upstream> {
  const known = revisions.filter((revision) => revision !== undefined);
  return (await fetcher.upstream?.(ref, known, { signal })) ?? silent;
}

function refusals(resolution: Resolution, { config }: Session): string[] {
  return refuseLicenses([resolution], config).flatMap((refused) =>
    refused.status === "failed" && resolution.status === "resolved" ? ["the config does not allow its license"] : [],
  );
}
