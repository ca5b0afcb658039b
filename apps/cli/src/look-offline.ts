import { check, forecast, PreloadError, type Resolution } from "@preload/core";
import { describeProblems, isAbsence } from "./describe-problem.ts";
import { explainedMisses } from "./misses.ts";
import { offlineError } from "./offline.ts";
import type { Session } from "./session.ts";

/** Turns models whose bytes would have to be fetched into failures. What only lacks a link or a marker passes. */
export async function lookOffline(
  resolutions: readonly Resolution[],
  session: Session,
  rule: string,
): Promise<Resolution[]> {
  const seen = await Promise.all(resolutions.map((resolution) => lookAt(resolution, session, rule)));
  return explainedMisses(seen, session);
}

async function lookAt(resolution: Resolution, session: Session, rule: string): Promise<Resolution> {
  if (resolution.status !== "resolved") return { ...resolution, error: renamed(resolution.error, rule) };
  const { fetcher, manifest, request, ref, requiredBy } = resolution;
  const { stateDir, signal } = session;
  try {
    const problems = await check(manifest, { dir: fetcher.dir, stateDir, signal });
    if (forecast(problems, fetcher.dir).toFetch.length === 0) return resolution;
    const isCorrupt = !problems.every(isAbsence);
    const lines = describeProblems(problems, fetcher, manifest).map((line) => `\n  ${line}`);
    const what = `${ref}: ${isCorrupt ? "it is not as promised" : "it is not all there"}${lines.join("")}`;
    throw offlineError(rule, what, isCorrupt ? "CORRUPT" : "MISSING");
  } catch (error) {
    return { request, ref, requiredBy, status: "failed", manifest, error };
  }
}

/** Not known is one more thing that would have to be fetched. */
function renamed(error: unknown, rule: string): unknown {
  if (!(error instanceof PreloadError) || error.code !== "MISSING" || rule === "--offline") return error;
  return offlineError(rule, error.message);
}
