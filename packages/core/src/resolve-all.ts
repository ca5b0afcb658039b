import { PreloadError } from "./errors.ts";
import { type Lock, sameOptions } from "./lockfile.ts";
import { parseRef } from "./ref.ts";
import { refuseForeign } from "./refuse-foreign.ts";
import { recall } from "./state.ts";
import type { Fetcher, Manifest, Ref, RefOptions } from "./types.ts";

/** One model that is wanted: what a line of a config or an argument of the command line says. */
export interface Request {
  readonly ref: string;
  readonly options: RefOptions;
  /** Forgives "not accepted" and "no token", never a network error. */
  readonly optional: boolean;
}

export type Fetchers = Readonly<Record<string, Fetcher>>;

export interface ResolveAllOptions {
  readonly fetchers: Fetchers;
  readonly lock?: Lock | undefined;
  /** What was locked before, also of models that are to be asked for anew: it saves work. @default lock */
  readonly known?: Lock | undefined;
  /**
   * What may be asked of the network: `locked` takes only what the lock says, `remembered` what the lock or an earlier
   * install says, `missing` asks for what neither knows, `all` asks anew for everything.
   * @default "missing"
   */
  readonly ask?: "locked" | "remembered" | "missing" | "all";
  readonly stateDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a request: a manifest, or the reason why there is none. */
export type Resolution = {
  readonly request: Request;
  /** In canonical form when it could be read. */
  readonly ref: string;
  /** The refs that pull it in, when nobody asked for it by name. */
  readonly requiredBy: readonly string[];
} & (
  | {
      readonly status: "resolved";
      readonly fetcher: Fetcher;
      readonly manifest: Manifest;
      readonly from: "lock" | "memory" | "network";
    }
  | {
      readonly status: "skipped" | "failed";
      readonly error: unknown;
      /** Present when what it means is known, and only its bytes could not be had. */
      readonly manifest?: Manifest;
    }
);

/** Finds out what each request means, and what else it pulls in. One that fails does not stop the others. */
export async function resolveAll(requests: readonly Request[], options: ResolveAllOptions): Promise<Resolution[]> {
  const done = await Promise.all(requests.map((request) => resolveOne(request, [], options)));
  const seen = new Set(done.map(({ ref }) => ref));
  for (const resolution of done) {
    if (resolution.status !== "resolved") continue;
    for (const { ref, safe, options: wanted = {} } of resolution.manifest.requires) {
      if (!safe || seen.has(ref) || options.fetchers[schemeOf(ref)] === undefined) continue;
      seen.add(ref);
      const request = { ref, options: wanted, optional: resolution.request.optional };
      // Appended while the loop runs, so that what it requires in turn is found as well.
      done.push(await resolveOne(request, [resolution.ref], options));
    }
  }
  return done;
}

async function resolveOne(request: Request, requiredBy: string[], options: ResolveAllOptions): Promise<Resolution> {
  let ref = request.ref;
  try {
    const { fetcher, parsed, canonical } = understand(request, options.fetchers);
    ref = canonical;
    const { manifest, from } = await find(fetcher, parsed, ref, options);
    return { request, ref, requiredBy, status: "resolved", fetcher, manifest, from };
  } catch (error) {
    const forgiven = isNotAccepted(error) || isUnlocked(error, ref, options);
    return { request, ref, requiredBy, status: request.optional && forgiven ? "skipped" : "failed", error };
  }
}

/** The fetcher of a request and its ref in canonical form. @throws PreloadError `BAD_REF`, `BAD_CONFIG` */
export function understand(request: Request, fetchers: Fetchers): { fetcher: Fetcher; parsed: Ref; canonical: string } {
  const { revision, ...options } = request.options;
  const parsed = withRevision(parseRef(request.ref, options), revision);
  const fetcher = Object.hasOwn(fetchers, parsed.scheme) ? fetchers[parsed.scheme] : undefined;
  if (!fetcher) {
    throw new PreloadError("BAD_REF", `${request.ref}: nothing here fetches ${JSON.stringify(`${parsed.scheme}:`)}`, {
      hint: `Known are ${Object.keys(fetchers)
        .map((name) => `${name}:`)
        .join(", ")}.`,
    });
  }
  return { fetcher, parsed, canonical: fetcher.canonical(parsed) };
}

function withRevision(ref: Ref, revision: unknown): Ref {
  if (revision === undefined) return ref;
  if (typeof revision !== "string" || revision === "") {
    throw new PreloadError("BAD_CONFIG", `${ref.scheme}:${ref.name}: revision is not a text`, {
      hint: "Put it in quotes: YAML reads a bare number as a number.",
    });
  }
  if (ref.revision !== undefined && ref.revision !== revision) {
    throw new PreloadError(
      "BAD_CONFIG",
      `${ref.scheme}:${ref.name}: the ref says ${ref.revision}, its revision says ${revision}`,
    );
  }
  return { ...ref, revision };
}

type Found = { manifest: Manifest; from: "lock" | "memory" | "network" };

async function find(fetcher: Fetcher, parsed: Ref, ref: string, options: ResolveAllOptions): Promise<Found> {
  const { lock, ask = "missing", stateDir, signal } = options;
  const locked = ask === "all" ? undefined : lock?.models.get(ref);
  if (locked && sameOptions(locked.options, parsed.options)) {
    refuseForeign(locked, parsed, fetcher);
    return { manifest: locked, from: "lock" };
  }
  if (ask === "locked") throw drifted(ref, locked);
  if (ask === "remembered") {
    const manifest = remembered(stateDir, fetcher, ref, parsed);
    if (manifest) return { manifest, from: "memory" };
    throw new PreloadError(
      "MISSING",
      `${ref} is neither locked nor was it installed into ${fetcher.dir} (${fetcher.dirRule})`,
      {
        hint: "Install it once while online, or commit a preload.lock that names it.",
      },
    );
  }
  const known = (options.known ?? lock)?.models.get(ref) ?? remembered(stateDir, fetcher, ref, parsed);
  const manifest = await fetcher.resolve(parsed, { ...(signal ? { signal } : {}), ...(known ? { known } : {}) });
  return { manifest, from: "network" };
}

function remembered(
  stateDir: string | undefined,
  { dir }: Fetcher,
  ref: string,
  { options }: Ref,
): Manifest | undefined {
  return stateDir === undefined ? undefined : recall(stateDir, dir, ref, options);
}

function drifted(ref: string, locked: Manifest | undefined): PreloadError {
  const what = locked ? "is locked with other options" : "is not in the lock";
  return new PreloadError("DRIFT", `${ref} ${what}`, { hint: "Run `preload lock` and commit preload.lock." });
}

/** An optional model that nobody could lock or install yet is neither drift nor missing. */
function isUnlocked(error: unknown, ref: string, { lock }: ResolveAllOptions): boolean {
  return error instanceof PreloadError && ["DRIFT", "MISSING"].includes(error.code) && !lock?.models.has(ref);
}

/** The publisher has not let this reader in. Anything else, a network error above all, is a failure. */
export function isNotAccepted(error: unknown): boolean {
  return error instanceof PreloadError && (error.code === "GATED" || error.code === "UNAUTHORIZED");
}

function schemeOf(ref: string): string {
  return ref.slice(0, ref.indexOf(":"));
}
