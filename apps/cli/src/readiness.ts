import { allRequests, check, PreloadError, type Request, type Resolution, requestsOf, resolveAll } from "@preload/core";
import { describeProblems, isAbsence } from "./describe-problem.ts";
import { stateOf } from "./model-state.ts";
import { refusedByName } from "./refused-by-name.ts";
import type { Session } from "./session.ts";
import { explainedMiss, type Search, searchFor } from "./where-else.ts";

/** A model that cannot be used as it is. */
export interface Unready {
  /** What was asked for; for a model that another one requires, that other one. */
  readonly request: Request;
  readonly error: PreloadError;
}

/**
 * What keeps these models from being used as they are, without the network: one entry for each model that is
 * missing or broken, or that there cannot be. An optional model may be missing; what is there of it has to be right.
 */
export async function whatIsNotReady(requests: readonly Request[], session: Session): Promise<Unready[]> {
  const { fetchers, lock, stateDir, signal } = session;
  const resolutions = await resolveAll(requests, { fetchers, lock, stateDir, signal, ask: "remembered" });
  const search = searchFor(session);
  const found = await Promise.all(
    resolutions.map(async (resolution) => {
      const error = await notReady(resolution, session, search);
      return error === undefined ? [] : [{ request: askedFor(resolution, resolutions), error }];
    }),
  );
  return found.flat();
}

function askedFor({ request, requiredBy: [parent] }: Resolution, all: readonly Resolution[]): Request {
  const above = parent === undefined ? undefined : all.find(({ ref }) => ref === parent);
  return above === undefined ? request : askedFor(above, all);
}

/** The command line that makes models ready so that they stay known: what is in no config has to be put there. */
export function commandFor(unready: readonly Unready[], { config, flags, io }: Session): string | undefined {
  const known = new Set(config.path === undefined ? [] : allRequests(config).map(({ ref }) => ref));
  // What an install without names means here: the default profiles, or those of the environment.
  const profiles = io.env.PRELOAD_PROFILE ? flags.profile : undefined;
  const usual = new Set(requestsOf(config, profiles).map(({ ref }) => ref));
  // What there cannot be, no command brings.
  const mendable = unready.filter(({ error }) => ["MISSING", "CORRUPT", "OFFLINE"].includes(error.code));
  const refs = [...new Set(mendable.map(({ request }) => request.ref))];
  if (refs.length === 0) return undefined;
  const toAdd = refs.filter((ref) => !known.has(ref));
  const others = refs.filter((ref) => known.has(ref) && !usual.has(ref));
  return [
    ...(toAdd.length > 0 ? [`preload add ${toAdd.join(" ")}`] : []),
    ...(others.length < refs.length ? ["preload install"] : []),
    ...(others.length > 0 ? [`preload install ${others.join(" ")}`] : []),
  ].join(" && ");
}

async function notReady(resolution: Resolution, session: Session, search: Search): Promise<PreloadError | undefined> {
  const { ref, request } = resolution;
  if (resolution.status !== "resolved") {
    const { error } = resolution;
    if (!(error instanceof PreloadError)) throw error;
    if (error.code !== "MISSING") return error;
    if (request.optional) return undefined;
    const missing = new PreloadError("MISSING", error.message, { details: error.details });
    return (await refusedByName(request, session)) ?? explainedMiss(missing, search.miss(ref, undefined));
  }
  const { manifest, fetcher } = resolution;
  const { stateDir, signal } = session;
  const problems = await check(manifest, { dir: fetcher.dir, stateDir, signal });
  const state = stateOf(problems);
  if (state === "complete" || (state === "missing" && request.optional)) return undefined;
  const lines = describeProblems(problems, fetcher, manifest).map((line) => `\n  ${line}`);
  const error = new PreloadError(state === "missing" ? "MISSING" : "CORRUPT", `${ref} is ${state}${lines.join("")}`);
  return problems.some(isAbsence) ? explainedMiss(error, search.miss(ref, manifest)) : error;
}
