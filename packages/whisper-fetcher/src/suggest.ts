import { distance } from "fastest-levenshtein";

/** The known names that somebody who wrote `name` may have meant, the nearest first. */
export function suggest(name: string, known: readonly string[]): readonly string[] {
  const plain = simplified(name);
  const ranked = known
    .map((candidate) => ({ candidate, edits: editsBetween(plain, simplified(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  // Another spelling of a name leaves nothing to guess.
  const meant = ranked[0]?.edits === 0 ? ranked.slice(0, 1) : ranked.slice(0, 3);
  return meant.map(({ candidate }) => candidate);
}

// large.en does not exist, but large does.
function editsBetween(name: string, candidate: string): number {
  return name.startsWith(`${candidate}.`) ? 1 : distance(name, candidate);
}

// base-en, base_en and Base.En are all base.en.
function simplified(name: string): string {
  return name.toLowerCase().replace(/\.pt$/, "").replace(/[-_.]/g, ".");
}
