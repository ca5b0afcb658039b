import type { RefOptions } from "@preload/core";
import type { UsedModel } from "@preload/scan";

/** A model as the new config lists it. */
export interface Listed {
  readonly ref: string;
  /** What stands beside the ref. */
  readonly settings: RefOptions;
  /** Where the code uses it, and what the reader should look at. */
  readonly comment: string;
}

/** How a config says what code was found to use. */
export function listed({ ref, revisions, options, uses }: UsedModel): Listed {
  const named = revisions.filter((revision) => revision !== undefined);
  const [revision] = named;
  const notes = [placesOf(uses)];
  const settings: Record<string, RefOptions[string]> = {};
  if (revision !== undefined && named.length === 1) {
    settings["revision"] = revision;
    // Some code asks for this commit, some for the branch: offline, both have to lead somewhere.
    if (revisions.includes(undefined) && ref.startsWith("hf:")) settings["alias"] = "main";
  }
  if (named.length > 1) notes.push(`the code names several revisions: ${named.join(", ")}`);
  const doubt = uses.find(({ unless }) => unless !== undefined)?.unless;
  if (doubt !== undefined) notes.push(doubt);
  return { ref, settings: { ...settings, ...options }, comment: notes.join("; ") };
}

function placesOf(uses: UsedModel["uses"]): string {
  const [first] = uses;
  if (!first) return "";
  const cell = first.cell === undefined ? "" : ` cell ${first.cell}`;
  const more = uses.length > 1 ? ` and ${uses.length - 1} more` : "";
  return `${first.file}${cell}:${first.line}${more}`;
}
