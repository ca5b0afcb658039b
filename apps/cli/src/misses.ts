import { PreloadError, type Resolution } from "@preload/core";
import type { Session } from "./session.ts";

/** The same models, where those that are missing say where else on this machine they are. */
export async function explainedMisses(resolutions: readonly Resolution[], session: Session): Promise<Resolution[]> {
  if (!resolutions.some(isMiss)) return [...resolutions];
  // Loaded only by those who miss something.
  const { explainedMiss, searchFor } = await import("./where-else.ts");
  const search = searchFor(session);
  return resolutions.map((resolution) =>
    isMiss(resolution)
      ? { ...resolution, error: explainedMiss(resolution.error, search.miss(resolution.ref, resolution.manifest)) }
      : resolution,
  );
}

type Failed = Extract<Resolution, { status: "skipped" | "failed" }>;

function isMiss(resolution: Resolution): resolution is Failed & { readonly error: PreloadError } {
  return (
    resolution.status === "failed" &&
    resolution.error instanceof PreloadError &&
    ["MISSING", "OFFLINE"].includes(resolution.error.code)
  );
}
