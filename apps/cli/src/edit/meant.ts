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

/**
 * The one of these refs that a text means: by its name in the config, as it stands there, or without its revision
 * when there is only one.
 *
 * @param refs in canonical form
 * @throws PreloadError `USAGE` when it is none of them, or could be several
 */
export function meantRef(
  text: string,
  refs: readonly string[],
  { config, fetchers }: { readonly config: Config; readonly fetchers: Fetchers },
): string {
  const ref = canonicalOf(text, config, fetchers);
  if (refs.includes(ref)) return ref;
  const pinned = [...new Set(refs)].filter((other) => withoutRevision(other) === ref);
  const [only] = pinned;
  if (only !== undefined && pinned.length === 1) return only;
  if (pinned.length > 1) {
    throw new PreloadError("USAGE", `${ref} stands there with several revisions: ${pinned.join(", ")}`, {
      hint: "Name the one that is meant.",
    });
  }
  throw new PreloadError("USAGE", `${ref} is in no profile of ${config.path}`, { hint: didYouMean(ref, refs) });
}

/** `for` lengthens some names, and a person writes the short one. */
function canonicalOf(text: string, config: Config, fetchers: Fetchers): string {
  const alias = Object.hasOwn(config.aliases, text) ? config.aliases[text] : undefined;
  const models = Object.values(config.profiles).flatMap((profile) => profile.models);
  const known: Request | undefined = alias ?? models.find(({ ref }) => ref === text);
  return understand(known ?? { ref: text, options: {}, optional: false }, fetchers).canonical;
}

function withoutRevision(ref: string): string {
  const { scheme, name } = parseRef(ref);
  return formatRef({ scheme, name });
}
