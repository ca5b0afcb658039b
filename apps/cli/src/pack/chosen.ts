import { PreloadError, resolveAll } from "@preload/core";
import { Failures } from "../exit-code.ts";
import { sizeOf } from "../manifest-size.ts";
import { refuseEmpty } from "../refuse-empty.ts";
import { requestsFor, type Session } from "../session.ts";
import { type Gathered, gather, isAbsent, type Resolved } from "./sources.ts";
import { byRef } from "./tree.ts";

/**
 * The models that are meant, all of them there: those of the profiles, as the lock has them, or the named ones, which
 * may also have been installed without a lock. An optional one that is not there is left out.
 *
 * @throws PreloadError `DRIFT` without a lock, `MISSING`, `CORRUPT`
 */
export async function gathered(
  session: Session,
  refs: readonly string[],
): Promise<{
  readonly models: readonly Gathered[];
  /** Refs of optional models that are not there. */
  readonly skipped: readonly string[];
}> {
  const { config, fetchers, lock, lockPath, stateDir, signal } = session;
  refuseEmpty(session, refs);
  if (refs.length === 0 && config.path === undefined) {
    throw new PreloadError("DRIFT", `there is no config above ${config.dir}, and so no lock that says what to take`, {
      hint: "Start in the project's folder, name its config with --config, or name the models.",
    });
  }
  if (refs.length === 0 && !lock) {
    throw new PreloadError("DRIFT", `${lockPath} does not exist`, { hint: "Run `preload lock` and commit it." });
  }
  const ask = refs.length > 0 ? "remembered" : "locked";
  const found = await resolveAll(requestsFor(session, refs), { fetchers, lock, stateDir, signal, ask });
  const failed = found.flatMap((one) => (one.status === "failed" ? [one.error] : []));
  if (failed.length > 0) throw new Failures(failed);
  const resolved = found.filter((one): one is Resolved => one.status === "resolved").sort(byRef);
  const leftOut = resolved.filter((model) => model.request.optional && isAbsent(model));
  const models = gather(resolved.filter((model) => !leftOut.includes(model)));
  const skipped = [...found.filter(({ status }) => status === "skipped"), ...leftOut].map(({ ref }) => ref);
  if (models.length > 0) return { models, skipped };
  throw new PreloadError("MISSING", "there is no model to take", {
    hint: skipped.length > 0 ? `Left out, since they are optional and not there: ${skipped.join(", ")}.` : undefined,
  });
}

/** A packed model for programs. */
export function packedModel({ model: { ref, manifest } }: Pick<Gathered, "model">) {
  const { files, bytes } = sizeOf(manifest);
  return { ref, revision: manifest.revision, files, bytes };
}
