import {
  checkedManifest,
  formatLock,
  type Lock,
  PreloadError,
  type Request,
  reachable,
  resolveAll,
  understand,
} from "@preload/core";
import { Failures } from "../exit-code.ts";
import { isMeant, requestsFor, type Session } from "../session.ts";
import type { Pack } from "./open-pack.ts";
import type { Resolved } from "./sources.ts";
import { corrupt } from "./tar.ts";
import { byRef } from "./tree.ts";

/**
 * The models of a pack, as its own lock has them. That lock may be anybody's: each model is one that its fetcher knows,
 * and lies where models of its ref lie.
 *
 * @throws PreloadError or Failures naming what is wrong with it
 */
export async function modelsOf({ name, lock }: Pack, { fetchers, signal }: Session): Promise<Resolved[]> {
  // Optional, since what a model requires may have been left out of the pack.
  const requests = [...lock.models].map(([ref, { options }]): Request => ({ ref, options, optional: true }));
  const found = await resolveAll(requests, { fetchers, lock, signal, ask: "locked" });
  const failed = found.flatMap((one) => (one.status === "failed" ? [one.error] : []));
  if (failed.length > 0) throw new Failures(failed);
  const models = found.filter((one): one is Resolved => one.status === "resolved");
  const unknown = [...lock.models.keys()].find((ref) => !models.some((model) => model.ref === ref));
  if (unknown !== undefined)
    throw corrupt(name, `its lock names ${JSON.stringify(unknown)}, which is not how a model is written`);
  if (models.length === 0) throw corrupt(name, "it holds no model");
  for (const { manifest } of models) checkedManifest(manifest);
  return models.sort(byRef);
}

/** Which of them are meant: the named ones and what they require, those of the named profiles, or all. */
export function chosenOf(
  models: readonly Resolved[],
  pack: Pack,
  session: Session,
  refs: readonly string[],
): Resolved[] {
  const { flags, fetchers } = session;
  const all = models.filter(({ ref }) => isMeant(ref, flags.only));
  if (refs.length === 0 && flags.profile === undefined) return all;
  const wanted = requestsFor(session, refs).map((request) => ({
    canonical: understand(request, fetchers).canonical,
    optional: request.optional,
  }));
  const absent = wanted.filter(({ canonical, optional }) => !optional && !pack.lock.models.has(canonical));
  if (absent.length > 0) {
    const names = absent.map(({ canonical }) => `\n  ${canonical}`).join("");
    throw new PreloadError("MISSING", `${pack.name} does not hold${names}`, {
      hint: `It holds ${[...pack.lock.models.keys()].join(", ")}.`,
    });
  }
  const meant = reachable(
    wanted.map(({ canonical }) => canonical),
    pack.lock,
  );
  return models.filter(({ ref }) => meant.has(ref));
}

/**
 * A pack that was made from another lock than the project's would be taken for what the project asks for.
 * Whoever names models means what is in the pack.
 *
 * @throws PreloadError `DRIFT` naming every model on which they disagree
 */
export function refuseOtherLock(
  models: readonly Resolved[],
  pack: Pack,
  session: Session,
  refs: readonly string[],
): void {
  const { lock, lockPath } = session;
  if (!lock || refs.length > 0) return;
  const absent = models.filter(({ ref }) => !lock.models.has(ref));
  const others = models.filter(({ ref }) => lock.models.has(ref) && !isLockedAs(ref, lock, pack.lock));
  if (absent.length + others.length === 0) return;
  const lines = [
    ...absent.map(({ ref }) => `\n  ${ref}  not in the lock`),
    ...others.map(({ ref }) => `\n  ${ref}  locked otherwise`),
  ];
  const renewed = [
    ...(absent.length > 0 ? [`preload add ${absent.map(({ ref }) => ref).join(" ")}`] : []),
    ...(others.length > 0 ? [`preload lock ${others.map(({ ref }) => ref).join(" ")}`] : []),
  ].join(" && ");
  throw new PreloadError("DRIFT", `${lockPath} and ${pack.name} disagree${lines.join("")}`, {
    hint: `If the pack is the older one, \`preload pack FILE\` makes it anew where its models are; if the lock is, \`${renewed}\`. Models that are named behind the file are unpacked all the same.`,
  });
}

/** Whether two locks say the same of a model. */
export function isLockedAs(ref: string, lock: Lock | undefined, other: Lock): boolean {
  return lock !== undefined && textOf(ref, lock) === textOf(ref, other);
}

function textOf(ref: string, lock: Lock): string {
  const manifest = lock.models.get(ref);
  return formatLock({ lockfileVersion: 1, models: new Map(manifest ? [[ref, manifest]] : []) });
}
