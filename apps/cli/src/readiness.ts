import { check, PreloadError, type Request, type Resolution, resolveAll } from "@preload/core";
import { describeProblems, isAbsence } from "./describe-problem.ts";
import { stateOf } from "./model-state.ts";
import type { Session } from "./session.ts";
import { explainedMiss, type Search, searchFor } from "./where-else.ts";

/**
 * What keeps these models from being used as they are, without the network: one error for each model that is
 * missing or broken. An optional model may be missing; what is there of it has to be right.
 */
export async function whatIsNotReady(requests: readonly Request[], session: Session): Promise<PreloadError[]> {
  const { fetchers, lock, stateDir, signal } = session;
  const resolutions = await resolveAll(requests, { fetchers, lock, stateDir, signal, ask: "remembered" });
  const search = searchFor(session);
  const found = await Promise.all(resolutions.map((resolution) => notReady(resolution, session, search)));
  return found.filter((error) => error !== undefined);
}

async function notReady(resolution: Resolution, session: Session, search: Search): Promise<PreloadError | undefined> {
  const { ref, request } = resolution;
  if (resolution.status !== "resolved") {
    const { error } = resolution;
    if (!(error instanceof PreloadError)) throw error;
    if (request.optional && error.code === "MISSING") return undefined;
    return error.code === "MISSING" ? explainedMiss(error, search.miss(ref, undefined)) : error;
  }
  const { manifest, fetcher } = resolution;
  const { stateDir, signal } = session;
  const problems = await check(manifest, { dir: fetcher.dir, stateDir, signal });
  const state = stateOf(problems);
  if (state === "complete" || (state === "missing" && request.optional)) return undefined;
  const lines = describeProblems(problems, fetcher, manifest).map((line) => `\n  ${line}`);
  const error = new PreloadError(state === "missing" ? "MISSING" : "CORRUPT", `${ref} is ${state}${lines.join("")}`, {
    hint: "`preload install` mends it.",
  });
  return problems.some(isAbsence) ? explainedMiss(error, search.miss(ref, manifest)) : error;
}
