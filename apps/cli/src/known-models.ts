import { existsSync } from "node:fs";
import { allRemembered, type Manifest, type Remembered, requestsOf, understand } from "@preload/core";
import type { Session } from "./session.ts";

/** A model that somebody here has asked for. */
export interface KnownModel {
  /** In canonical form. */
  readonly ref: string;
  /** Undefined for one that the config names and nobody has resolved yet. */
  readonly manifest: Manifest | undefined;
  readonly dir: string;
  /** The rule that chose the directory. */
  readonly dirRule: string;
  readonly from: "lock" | "install" | "config";
  /** The profiles that use it, directly or through what they extend or require. */
  readonly profiles: readonly string[];
  /** Present when an install without a lock left a note of it. */
  readonly remembered?: Remembered;
}

/** The models of the lock, of the config, and of what was installed without a lock, in any directory that exists. */
export function knownModels(session: Session): KnownModel[] {
  const remembered = allRemembered(session.stateDir).filter(({ dir }) => existsSync(dir));
  const manifests = [...(session.lock?.models.values() ?? []), ...remembered.map(({ manifest }) => manifest)];
  const users = usersOf(session, manifests);
  const profiles = (ref: string) => users.get(ref) ?? [];
  const known = new Map<string, KnownModel>();

  for (const [ref, manifest] of session.lock?.models ?? []) {
    const fetcher = session.fetchers[schemeOf(ref)];
    if (!fetcher) continue;
    const { dir, dirRule } = fetcher;
    known.set(keyOf(dir, manifest), { ref, manifest, dir, dirRule, from: "lock", profiles: profiles(ref) });
  }
  for (const note of remembered) {
    const { dir, manifest } = note;
    const fetcher = session.fetchers[schemeOf(manifest.ref)];
    const dirRule = fetcher?.dir === dir ? fetcher.dirRule : "where it was installed";
    const model = known.get(keyOf(dir, manifest)) ?? {
      ...{ ref: manifest.ref, manifest, dir, dirRule, from: "install" as const, profiles: profiles(manifest.ref) },
    };
    known.set(keyOf(dir, manifest), { ...model, remembered: note });
  }
  return [...known.values(), ...unresolved(session, [...known.values()], profiles)];
}

/** `hf` for `hf:facebook/bart-base`. */
export function schemeOf(ref: string): string {
  return ref.slice(0, ref.indexOf(":"));
}

/** What the config names and nobody has resolved. Without a config nobody asked for the built-in models. */
function unresolved(
  { config, fetchers }: Session,
  known: readonly KnownModel[],
  profiles: (ref: string) => readonly string[],
): KnownModel[] {
  if (config.path === undefined) return [];
  return requestsOf(config, Object.keys(config.profiles)).flatMap((request) => {
    const { fetcher, canonical } = understand(request, fetchers);
    const { dir, dirRule } = fetcher;
    if (known.some((model) => model.ref === canonical && model.dir === dir)) return [];
    return [
      { ref: canonical, manifest: undefined, dir, dirRule, from: "config" as const, profiles: profiles(canonical) },
    ];
  });
}

function usersOf({ config, fetchers }: Session, manifests: readonly Manifest[]): Map<string, string[]> {
  const required = new Map(manifests.map(({ ref, requires }) => [ref, requires.map((one) => one.ref)]));
  const users = new Map<string, string[]>();
  for (const profile of Object.keys(config.profiles)) {
    const refs = requestsOf(config, [profile]).map((request) => understand(request, fetchers).canonical);
    for (const ref of withRequired(refs, required)) users.set(ref, [...(users.get(ref) ?? []), profile]);
  }
  return users;
}

function withRequired(refs: readonly string[], required: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set(refs);
  // A set may grow while it is walked.
  for (const ref of found) for (const other of required.get(ref) ?? []) found.add(other);
  return found;
}

/** The same for the same model in the same place. */
export function keyOf(dir: string, { ref, revision, options }: Manifest): string {
  return JSON.stringify([dir, ref, revision, Object.entries(options).sort()]);
}
