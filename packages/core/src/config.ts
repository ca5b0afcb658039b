import { PreloadError } from "./errors.ts";
import { sameOptions } from "./lockfile.ts";
import type { Request } from "./resolve-all.ts";
import { didYouMean } from "./suggest.ts";
import type { RefOptions } from "./types.ts";

/** A config, whatever file it came from, with every short form written out. */
export interface Config {
  /** The file; absent for one that is built in. */
  readonly path?: string;
  /** The folder that relative paths and the lockfile belong to. */
  readonly dir: string;
  readonly profiles: Readonly<Record<string, Profile>>;
  /** The profiles that are meant when none is named. */
  readonly default: readonly string[];
  /** Short names for models. */
  readonly aliases: Readonly<Record<string, Request>>;
  /** Mirrors for each source, in the order in which they are tried. */
  readonly endpoints: Readonly<Record<string, readonly string[]>>;
  /** What each ecosystem is told as a whole, for example `spacy: { version: "3.8" }`. */
  readonly sections: Readonly<Record<string, RefOptions>>;
  /** Files at once. */
  readonly concurrency?: number;
  /** One folder under which every cache lies, instead of where each client looks by itself. */
  readonly cacheRoot?: string;
  /** Whether runs are remembered. @default true */
  readonly runLog?: boolean;
  readonly policy: Policy;
  /** How a CI keeps the models. */
  readonly ci?: CiSettings;
}

export interface CiSettings {
  /** What its cache may hold, as it is written: `10 GB`. */
  readonly budget?: string;
  /** What it saves and restores by itself: each model, or all of them. */
  readonly granularity?: "model" | "set";
}

export interface Profile {
  readonly extends: readonly string[];
  readonly models: readonly Request[];
}

/** Rules that a lock must keep to; a breach ends with exit 8. */
export interface Policy {
  /** Every Hub model is pinned to a commit in the config. */
  readonly requireCommit: boolean;
  /** If not empty, a model with another license is refused. */
  readonly licenses: readonly string[];
}

/** The models of these profiles, or of the default ones: each once, with what the profiles they extend hold first. */
export function requestsOf(config: Config, profiles: readonly string[] = config.default): Request[] {
  const requests = new Map<string, Request>();
  for (const name of profiles) {
    for (const request of profileRequests(config, name, [])) {
      const other = requests.get(request.ref);
      if (other && !sameOptions(other.options, request.options)) throw contradiction(config, request);
      // Required by one profile is required: `optional` holds only if all agree.
      requests.set(request.ref, { ...request, optional: request.optional && (other?.optional ?? true) });
    }
  }
  return [...requests.values()];
}

/** The models of every profile, used or not: what a lockfile covers. */
export function allRequests(config: Config): Request[] {
  return requestsOf(config, Object.keys(config.profiles));
}

/** The names of the profiles that hold a request, directly or by extension. */
export function profilesWith(config: Config, ref: string): string[] {
  return Object.keys(config.profiles).filter((name) =>
    requestsOf(config, [name]).some((request) => request.ref === ref),
  );
}

/** What an argument of the command line means: an alias of the config, a model as the config describes it, or a bare ref. */
export function requestFor(config: Config, text: string): Request {
  const alias = Object.hasOwn(config.aliases, text) ? config.aliases[text] : undefined;
  if (alias) return alias;
  const known = allRequests(config).find(({ ref }) => ref === text);
  return known ?? { ref: text, options: {}, optional: false };
}

function profileRequests(config: Config, name: string, path: readonly string[]): Request[] {
  const profile = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (!profile) {
    throw new PreloadError("USAGE", `${whereOf(config)}there is no profile ${JSON.stringify(name)}`, {
      hint: didYouMean(name, Object.keys(config.profiles)),
    });
  }
  if (path.includes(name)) {
    throw new PreloadError(
      "BAD_CONFIG",
      `${whereOf(config)}profiles extend each other in a circle: ${[...path, name].join(" → ")}`,
    );
  }
  return [...profile.extends.flatMap((parent) => profileRequests(config, parent, [...path, name])), ...profile.models];
}

function contradiction(config: Config, { ref }: Request): PreloadError {
  return new PreloadError("BAD_CONFIG", `${whereOf(config)}${ref} stands there twice with different options`, {
    hint: "Say its options once, under `aliases`, and use the short name in every profile.",
  });
}

function whereOf({ path }: Config): string {
  return path === undefined ? "" : `${path}: `;
}
