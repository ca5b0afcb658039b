import {
  type Config,
  didYouMean,
  type Fetchers,
  formatRef,
  PreloadError,
  parseRef,
  type Request,
  understand,
} from "@preload/core";
import { parentsOf, unknownProfile } from "./additions.ts";
import type { Edit } from "./edit-config.ts";

/** A line that goes from a profile's own list. */
export interface Removal {
  /** In canonical form. */
  readonly ref: string;
  readonly profile: string;
  readonly index: number;
  /** Profiles that extend this one, and have the model no more. */
  readonly alsoFrom: readonly string[];
}

interface Line {
  readonly ref: string;
  readonly profile: string;
  readonly index: number;
}

/** Where the named models stand: in these profiles, or in all. @throws PreloadError `USAGE` for one that stands nowhere */
export function removalsOf(
  texts: readonly string[],
  named: readonly string[] | undefined,
  { config, fetchers }: { readonly config: Config; readonly fetchers: Fetchers },
): Removal[] {
  for (const name of named ?? []) if (!Object.hasOwn(config.profiles, name)) throw unknownProfile(config, name);
  const lines = linesOf(config, fetchers);
  const found = texts.flatMap((text) => {
    const ref = meant(text, lines, config, fetchers);
    const own = lines.filter((line) => line.ref === ref && (named?.includes(line.profile) ?? true));
    if (own.length === 0) throw inherited(ref, named ?? [], lines, config);
    return own;
  });
  const once = new Map(found.map((line) => [`${line.profile} ${line.index}`, line]));
  const removals = [...once.values()];
  const stays = (ref: string, profile: string) =>
    [profile, ...parentsOf(profile, config)].some((name) =>
      lines.some((line) => line.ref === ref && line.profile === name && !removals.includes(line)),
    );
  return removals.map((line) => ({
    ...line,
    alsoFrom: Object.keys(config.profiles).filter(
      (name) => parentsOf(name, config).includes(line.profile) && !stays(line.ref, name),
    ),
  }));
}

/** The last of each list first, so that the others keep their places. */
export function editsOf(removals: readonly Removal[]): Edit[] {
  return [...removals]
    .sort((one, other) => other.index - one.index)
    .map(({ profile, index }) => ({ type: "remove", profile, index }));
}

function linesOf(config: Config, fetchers: Fetchers): Line[] {
  return Object.entries(config.profiles).flatMap(([profile, { models }]) =>
    models.map((request, index) => ({ ref: understand(request, fetchers).canonical, profile, index })),
  );
}

/** The model that a text means: as it stands there, or without its revision when there is only one. */
function meant(text: string, lines: readonly Line[], config: Config, fetchers: Fetchers): string {
  const ref = canonicalOf(text, config, fetchers);
  const refs = [...new Set(lines.map((line) => line.ref))];
  if (refs.includes(ref)) return ref;
  const pinned = refs.filter((other) => withoutRevision(other) === ref);
  const [only] = pinned;
  if (only !== undefined && pinned.length === 1) return only;
  if (pinned.length > 1) {
    throw new PreloadError("USAGE", `${ref} stands there with several revisions: ${pinned.join(", ")}`, {
      hint: "Name the one that is to go.",
    });
  }
  throw new PreloadError("USAGE", `${ref} is in no profile of ${config.path}`, { hint: didYouMean(ref, refs) });
}

/** `for` lengthens some names, and a person writes the short one. */
function canonicalOf(text: string, config: Config, fetchers: Fetchers): string {
  const known: Request | undefined =
    (Object.hasOwn(config.aliases, text) ? config.aliases[text] : undefined) ??
    Object.values(config.profiles).flatMap(({ models }) => models.filter(({ ref }) => ref === text))[0];
  return understand(known ?? { ref: text, options: {}, optional: false }, fetchers).canonical;
}

function withoutRevision(ref: string): string {
  const { scheme, name } = parseRef(ref);
  return formatRef({ scheme, name });
}

function inherited(ref: string, named: readonly string[], lines: readonly Line[], config: Config): PreloadError {
  const parents = named.flatMap((name) => parentsOf(name, config));
  const from = lines.find((line) => line.ref === ref && parents.includes(line.profile))?.profile;
  const where = named.join(", ");
  if (from === undefined) {
    const others = lines.filter((line) => line.ref === ref).map((line) => line.profile);
    return new PreloadError("USAGE", `${ref} is not in ${where}`, { hint: `It is in ${others.join(", ")}.` });
  }
  return new PreloadError("USAGE", `${ref} is not in ${where} itself: it comes from ${from}, which that extends`, {
    hint: `Remove it there, for all who extend it: --profile ${from}.`,
  });
}
