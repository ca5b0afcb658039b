import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { allRemembered, type Request, type Resolution, requestsOf, resolveAll, understand } from "@preload/core";
import { folderBelowRoot } from "./fetchers.ts";
import { requestsFor, type Session } from "./session.ts";

export interface ToVerify {
  readonly resolutions: readonly Resolution[];
  /** Refs that a profile holds and `--only` leaves out. */
  readonly skipped: readonly string[];
  /** How it was chosen, when that needs saying. */
  readonly note?: string;
}

/**
 * The models that are meant, as the lock or an earlier install knows them. Never asks the network.
 *
 *   refs named          these
 *   config              those of its default profiles, or of the ones named
 *   neither             what was installed here by name, unless the built-in profiles were; else these profiles
 */
export async function whatToVerify(session: Session, refs: readonly string[]): Promise<ToVerify> {
  const { config, flags } = session;
  const isBare = refs.length === 0 && config.path === undefined && flags.profile === undefined;
  if (isBare) {
    const byName = await installedByName(session);
    if (byName) return byName;
  }
  const note = isBare ? noteOfRoots(session) : undefined;
  const requests = requestsFor(session, refs);
  const all = refs.length > 0 ? requests : requestsOf(config, flags.profile);
  const meant = new Set(requests.map(({ ref }) => ref));
  return {
    resolutions: await known(requests, session),
    skipped: all.filter(({ ref }) => !meant.has(ref)).map(({ ref }) => ref),
    ...(note === undefined ? {} : { note }),
  };
}

/** The built-in models were looked for; what was put below other cache roots is perhaps what was meant. */
function noteOfRoots({ fetchers, stateDir }: Session): string | undefined {
  const roots = allRemembered(stateDir).flatMap(({ dir, manifest }) => {
    const scheme = manifest.ref.slice(0, manifest.ref.indexOf(":"));
    const end = join(sep, folderBelowRoot(scheme));
    return dir !== fetchers[scheme]?.dir && dir.endsWith(end) && existsSync(dir) ? [dir.slice(0, -end.length)] : [];
  });
  if (roots.length === 0) return undefined;
  const commands = [...new Set(roots)].map((root) => `\`preload verify --cache-root ${root}\``);
  return `There is no config here: these are the built-in models. Others were put elsewhere: ${commands.join(", ")}`;
}

async function known(requests: readonly Request[], session: Session): Promise<Resolution[]> {
  const { fetchers, lock, stateDir } = session;
  const found = await resolveAll(requests, { fetchers, lock, stateDir, ask: "remembered" });
  return found.map((resolution) => (resolution.status === "failed" ? inOtherWords(resolution, session) : resolution));
}

/** A model that was installed with other options than it is asked for now is known all the same. */
function inOtherWords(resolution: Resolution, { fetchers, stateDir, config }: Session): Resolution {
  const { request, ref, requiredBy } = resolution;
  const fetcher = fetchers[ref.slice(0, ref.indexOf(":"))];
  if (!fetcher || config.path !== undefined) return resolution;
  const note = allRemembered(stateDir).find(({ dir, manifest }) => dir === fetcher.dir && manifest.ref === ref);
  if (!note) return resolution;
  return { request, ref, requiredBy, status: "resolved", fetcher, manifest: note.manifest, from: "memory" };
}

/** Undefined when nothing was installed by name, or when the built-in profiles are what was installed. */
async function installedByName(session: Session): Promise<ToVerify | undefined> {
  const { config, fetchers, flags, stateDir } = session;
  const builtIn = new Set(requestsOf(config).map((request) => understand(request, fetchers).canonical));
  const notes = allRemembered(stateDir).flatMap(({ dir, manifest }) => {
    const fetcher = Object.values(fetchers).find(({ name }) => manifest.ref.startsWith(`${name}:`));
    return fetcher?.dir === dir ? [{ fetcher, manifest }] : [];
  });
  if (notes.length === 0 || notes.some(({ manifest }) => builtIn.has(manifest.ref))) return undefined;
  const isMeant = (scheme: string) => flags.only?.includes(scheme) ?? true;
  const resolutions = notes
    .filter(({ fetcher }) => isMeant(fetcher.name))
    .map(({ fetcher, manifest }): Resolution => {
      const { ref, options } = manifest;
      const request = { ref, options, optional: false };
      return { request, ref, requiredBy: [], status: "resolved", fetcher, manifest, from: "memory" };
    });
  return {
    resolutions,
    skipped: notes.filter(({ fetcher }) => !isMeant(fetcher.name)).map(({ manifest }) => manifest.ref),
    note: "There is no config here: these are the models that were installed by name.",
  };
}
