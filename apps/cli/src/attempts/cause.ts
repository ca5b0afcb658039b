import { check, type Manifest } from "@preload/core";
import { schemeOf } from "../known-models.ts";
import type { Session } from "../session.ts";
import { searchFor } from "../where-else.ts";
import type { AskedModel } from "./findings.ts";
import { isInConfig, lockedAs } from "./held.ts";

/** Why a program asked the network for a model. Decide on `reason`. */
export type Cause =
  | { readonly reason: "NO_MODEL" }
  /** Nobody wrote it down; `isInConfig`: but for the lock. */
  | { readonly reason: "NOT_LOCKED"; readonly isInConfig: boolean }
  | { readonly reason: "OTHER_REVISION"; readonly locked: readonly string[] }
  /** The lock has the model without that file. */
  | { readonly reason: "LEFT_OUT"; readonly files: readonly string[] }
  | { readonly reason: "NOT_INSTALLED"; readonly dir: string; readonly elsewhere: readonly string[] }
  /** All of it is where it belongs: who asks looks elsewhere, or asks before it looks. */
  | { readonly reason: "INSTALLED"; readonly dir: string; readonly dirRule: string };

/** Compares what was asked for with the config, the lock and the disk. */
export async function causeOfMiss(model: AskedModel, session: Session): Promise<Cause> {
  const locked = lockedAs(model.ref, session);
  if (locked.length === 0) return { reason: "NOT_LOCKED", isInConfig: isInConfig(model.ref, session) };
  const { revision } = model;
  const manifest = locked.find((one) => revision === undefined || isKnownAs(one, revision));
  if (manifest === undefined) return { reason: "OTHER_REVISION", locked: locked.map((one) => one.revision) };
  const leftOut = model.files.filter((file) => !holds(manifest, file));
  if (leftOut.length > 0) return { reason: "LEFT_OUT", files: leftOut };
  const { dir = "", dirRule = "" } = session.fetchers[schemeOf(manifest.ref)] ?? {};
  const problems = await check(manifest, { dir, stateDir: session.stateDir, signal: session.signal });
  if (problems.length === 0) return { reason: "INSTALLED", dir, dirRule };
  const { elsewhere } = searchFor(session).miss(manifest.ref, manifest);
  return { reason: "NOT_INSTALLED", dir, elsewhere: elsewhere.map((place) => place.dir) };
}

/** By its own revision, or by a name that the Hub's clients find in the cache. */
function isKnownAs({ revision, entries }: Manifest, asked: string): boolean {
  return revision === asked || entries.some(({ type, path }) => type === "text" && path.endsWith(`/refs/${asked}`));
}

/** Also a file that the model is known to lack: who asks for it is told so by a marker. Only the Hub's are asked for one by one. */
function holds({ ref, path, revision, entries }: Manifest, file: string): boolean {
  if (schemeOf(ref) !== "hf") return true;
  return entries.some(
    (entry) => entry.path === `${path}/${file}` || entry.path.endsWith(`/.no_exist/${revision}/${file}`),
  );
}
