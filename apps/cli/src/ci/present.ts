import { check, PreloadError } from "@preload/core";
import { isAbsence } from "../describe-problem.ts";
import type { Session } from "../session.ts";
import type { Resolved } from "./cached-models.ts";

/**
 * The models that are there and as promised. An optional one that is not is left out, since an entry without it must
 * not pass for one with it; without any other there is nothing worth saving.
 *
 * @throws PreloadError `MISSING` or `CORRUPT`, naming what is not there
 */
export async function presentOf(
  resolutions: readonly Resolved[],
  { stateDir, signal, display }: Session,
): Promise<Resolved[]> {
  const looks = await Promise.all(
    resolutions.map(async (resolution) => {
      const { manifest, fetcher, ref } = resolution;
      const onRead = (path: string, bytes: number) => display.event({ type: "check", ref, path, bytes });
      const problems = await check(manifest, { dir: fetcher.dir, stateDir, signal, onRead });
      return { resolution, problems };
    }),
  );
  const lacking = looks.filter(({ resolution, problems }) => problems.length > 0 && !resolution.request.optional);
  if (lacking.length > 0) {
    const isMissing = lacking.every(({ problems }) => problems.every(isAbsence));
    const names = lacking.map(({ resolution, problems }) => `\n  ${resolution.ref}  ${problems[0]?.path}`);
    throw new PreloadError(isMissing ? "MISSING" : "CORRUPT", `not everything is there to be saved${names.join("")}`, {
      hint: "Run `preload ci` first, and save only if it succeeds.",
    });
  }
  return looks.filter(({ problems }) => problems.length === 0).map(({ resolution }) => resolution);
}
