import { PreloadError, type Resolution } from "@preload/core";
import type { Session } from "./session.ts";

/**
 * The same models, where those that are missing say where else on this machine they are, and for programs what fetches
 * them; or that there can be no such model.
 */
export async function explainedMisses(resolutions: readonly Resolution[], session: Session): Promise<Resolution[]> {
  if (!resolutions.some(isMiss)) return [...resolutions];
  // Loaded only by those who miss something.
  const { explainedMiss, searchFor } = await import("./where-else.ts");
  const { refusedByName } = await import("./refused-by-name.ts");
  const { commandFor } = await import("./readiness.ts");
  const search = searchFor(session);
  return Promise.all(
    resolutions.map(async (resolution) => {
      if (!isMiss(resolution)) return resolution;
      const { error, ref, request, manifest } = resolution;
      const refused = manifest === undefined ? await refusedByName(request, session) : undefined;
      if (refused !== undefined) return { ...resolution, error: refused };
      const explained = explainedMiss(error, search.miss(ref, manifest));
      return { ...resolution, error: withDetails(explained, { fetch: commandFor([{ request, error }], session) }) };
    }),
  );
}

function withDetails(error: PreloadError, more: Readonly<Record<string, unknown>>): PreloadError {
  const { code, message, hint, details, cause } = error;
  return new PreloadError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    details: { ...details, ...more },
    cause,
  });
}

type Failed = Extract<Resolution, { status: "skipped" | "failed" }>;

function isMiss(resolution: Resolution): resolution is Failed & { readonly error: PreloadError } {
  return (
    resolution.status === "failed" &&
    resolution.error instanceof PreloadError &&
    ["MISSING", "OFFLINE"].includes(resolution.error.code)
  );
}
