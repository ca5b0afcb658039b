import { PreloadError } from "./errors.ts";
import type { Ref, RefOptions } from "./types.ts";

/**
 * Takes `scheme:name[@revision]` apart. `hf://org/name` is accepted for `hf:org/name`.
 * The name is kept as it is written: the client's cache distinguishes spellings.
 *
 * @throws PreloadError `BAD_REF`
 */
export function parseRef(text: string, options: RefOptions = {}): Ref {
  const found = /^([a-z][a-z0-9-]*):(?:\/\/)?([^@]+)(?:@(.+))?$/u.exec(text);
  if (!found || text !== text.trim() || /[\s\p{Cc}]/u.test(text) || text.endsWith("@")) throw malformed(text);
  const [, scheme = "", name = "", revision] = found;
  return { scheme, name, options, ...(revision === undefined ? {} : { revision }) };
}

/** The text that `parseRef` takes apart to the same ref. Options are not part of it. */
export function formatRef(ref: Pick<Ref, "scheme" | "name" | "revision">): string {
  return `${ref.scheme}:${ref.name}${ref.revision === undefined ? "" : `@${ref.revision}`}`;
}

function malformed(text: string): PreloadError {
  return new PreloadError("BAD_REF", `${JSON.stringify(text)} is not a ref`, {
    hint: "A ref is scheme:name or scheme:name@revision, for example whisper:tiny.en, spacy:en_core_web_sm@3.8.0 or hf:facebook/bart-base@main.",
  });
}
