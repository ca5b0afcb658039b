import {
  type Config,
  didYouMean,
  type Fetchers,
  formatRef,
  PreloadError,
  parseRef,
  type RefOptions,
  requestsOf,
  sameOptions,
  understand,
} from "@preload/core";
import type { Edit } from "./edit-config.ts";
import type { WrittenModel } from "./place.ts";

/** What is to become of one model in one profile. */
export interface Addition {
  /** In canonical form. */
  readonly ref: string;
  readonly profile: string;
  /** Absent when the profile has it already, by itself or from `from`. */
  readonly edit?: Edit;
  readonly from?: string;
}

/** The profiles that a model is added to. @throws PreloadError `USAGE` naming the choices */
export function profilesToGrow(config: Config, named: readonly string[] | undefined): readonly string[] {
  const known = Object.keys(config.profiles);
  // Whoever has no profile yet may call the first one as they like.
  if (known.length === 0) return named ?? ["default"];
  for (const name of named ?? []) if (!known.includes(name)) throw unknownProfile(config, name);
  if (named !== undefined) return named;
  const usual = config.default.length === 1 ? config.default : known;
  if (usual.length === 1) return usual;
  throw new PreloadError("USAGE", `${config.path} has several profiles: ${known.join(", ")}`, {
    hint: `Say which one it is for: --profile ${known[0]}.`,
  });
}

export function unknownProfile({ path, profiles }: Config, name: string): PreloadError {
  return new PreloadError("USAGE", `${path}: there is no profile ${JSON.stringify(name)}`, {
    hint: didYouMean(name, Object.keys(profiles)),
  });
}

/** @throws PreloadError `BAD_REF`, or `USAGE` for a model that is there with other options */
export function additionsOf(
  texts: readonly string[],
  options: RefOptions,
  profiles: readonly string[],
  { config, fetchers }: { readonly config: Config; readonly fetchers: Fetchers },
): Addition[] {
  const additions = new Map<string, Addition>();
  for (const text of texts) {
    const { ref, model, options: wanted } = modelFrom(text, options, config, fetchers);
    for (const profile of profiles) {
      const there = whereIs(ref, profile, config, fetchers);
      if (there && !sameOptions(there.options, wanted) && Object.keys(options).length > 0)
        throw otherOptions(ref, there);
      const addition = there
        ? { ref, profile, from: there.from }
        : { ref, profile, edit: { type: "add", profile, model } as const };
      additions.set(JSON.stringify([ref, profile]), addition);
    }
  }
  return [...additions.values()];
}

interface Model {
  readonly ref: string;
  readonly model: WrittenModel;
  readonly options: RefOptions;
}

function modelFrom(text: string, given: RefOptions, config: Config, fetchers: Fetchers): Model {
  const alias = Object.hasOwn(config.aliases, text) ? config.aliases[text] : undefined;
  const { optional: _, ...said } = given;
  const request = { ref: alias?.ref ?? text, options: { ...alias?.options, ...said }, optional: false };
  const { canonical, parsed } = understand(request, fetchers);
  const written = alias ? text : saidBeside(canonical, request.options.revision);
  const model = Object.keys(given).length === 0 ? written : { ...(given as Record<string, never>), ref: written };
  return { ref: canonical, model: inOrder(model), options: parsed.options };
}

/** Without the revision, where that is written beside the ref. */
function saidBeside(canonical: string, revision: unknown): string {
  if (revision === undefined) return canonical;
  const { scheme, name } = parseRef(canonical);
  return formatRef({ scheme, name });
}

/** The ref first, for the reader. */
function inOrder(model: WrittenModel): WrittenModel {
  if (typeof model === "string") return model;
  const { ref, ...options } = model;
  return { ref, ...options };
}

interface There {
  readonly options: RefOptions;
  /** The profile whose own list has it. */
  readonly from: string;
}

/** The profile from which a profile has a model, itself or one that it extends. */
function whereIs(ref: string, profile: string, config: Config, fetchers: Fetchers): There | undefined {
  const names = [profile, ...parentsOf(profile, config)];
  for (const from of names) {
    for (const request of config.profiles[from]?.models ?? []) {
      const { canonical, parsed } = understand(request, fetchers);
      if (canonical === ref) return { options: parsed.options, from };
    }
  }
  return undefined;
}

/** Every profile that this one extends, directly or not. */
export function parentsOf(profile: string, config: Config): string[] {
  // Refuses a circle.
  requestsOf(config, Object.hasOwn(config.profiles, profile) ? [profile] : []);
  const found = new Set(config.profiles[profile]?.extends ?? []);
  for (const name of found) for (const parent of config.profiles[name]?.extends ?? []) found.add(parent);
  return [...found];
}

function otherOptions(ref: string, { from, options }: There): PreloadError {
  const said = Object.keys(options).length === 0 ? "without options" : `with ${JSON.stringify(options)}`;
  return new PreloadError("USAGE", `${ref} is in ${from} already, ${said}`, {
    hint: "Change its options there, or remove it first.",
  });
}
