import { type Config, type Fetchers, PreloadError, understand } from "@preload/core";
import { parentsOf, unknownProfile } from "./additions.ts";
import type { Edit } from "./edit-config.ts";
import { meantRef } from "./meant.ts";

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
    const ref = meantRef(
      text,
      lines.map((line) => line.ref),
      { config, fetchers },
    );
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
